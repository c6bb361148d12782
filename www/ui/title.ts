import { useEffect } from 'preact/hooks';

import { orgName } from '../org/session.ts';

/** Puts the title of the page: "Payroll – Groups – acme.okta.com". */
export function useTitle(...parts: (string | undefined)[]): void {
  const text = [...parts.filter((part) => part), orgName.value].join(' – ');
  useEffect(() => {
    document.title = text;
  }, [text]);
}
