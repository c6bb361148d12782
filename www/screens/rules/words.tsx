// Small parts that the list, the panel and the dialogs of rules share.
import type { GroupRule } from 'okta-groups/external';
import type { JSX } from 'preact';

import { TERM_WORDS, ruleStateWords } from '../../model/rules.ts';
import type { RuleTerms, TermField } from '../../model/rules.ts';
import { Name } from '../../ui/name.tsx';

export function RuleState({ status }: { status: string }): JSX.Element {
  return <span class={`badge state-${status.toLowerCase()}`}>{ruleStateWords(status).word}</span>;
}

/** Names of the target groups that the answer gave, by their ids. */
export function namesOf(rule: GroupRule): Record<string, string> {
  return rule._embedded?.groupIdToGroupNameMap ?? {};
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Shows changed terms, before and after. Ids have their names where these are known. */
export function Differences({
  before,
  after,
  fields,
  nameOf,
}: {
  before: RuleTerms;
  after: RuleTerms;
  fields: readonly TermField[];
  nameOf: (id: string) => string;
}): JSX.Element {
  const added = (field: 'targets' | 'excluded') =>
    after[field].filter((id) => !before[field].includes(id)).map((id) => `+ ${nameOf(id)}`);
  const gone = (field: 'targets' | 'excluded') =>
    before[field].filter((id) => !after[field].includes(id)).map((id) => `− ${nameOf(id)}`);
  return (
    <dl class="facts">
      {fields.map((field) => (
        <div key={field}>
          <dt>{capitalized(TERM_WORDS[field])}</dt>
          <dd>
            {field === 'name' || field === 'expression' ? (
              <>
                <del>
                  <Name text={before[field]} />
                </del>{' '}
                <span aria-hidden="true">→</span>{' '}
                <ins>
                  <Name text={after[field]} />
                </ins>
              </>
            ) : (
              <ul>
                {[...added(field), ...gone(field)].map((text) => (
                  <li key={text}>
                    <Name text={text} />
                  </li>
                ))}
              </ul>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
