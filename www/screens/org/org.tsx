// The org: which one, who signed in, what the console may do there; and for a local org its size, its seed and its faults.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { grouped } from '../../model/numbers.ts';
import { LOCK_CHOICES, lockAfter } from '../../org/idle.ts';
import { localOrg, readLocalOrg } from '../../org/local.ts';
import { forget, neverWrites, writeAgain } from '../../org/rights.ts';
import { host, noOrg, orgName, readOnly, scopes, signedOut } from '../../org/session.ts';
import { signIn } from '../../org/sign-in.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Select } from '../../ui/select.tsx';
import { hrefOf, param } from '../../ui/route.ts';
import { useTitle } from '../../ui/title.ts';
import { FaultPanel } from './faults.tsx';
import { SizePanel } from './size.tsx';

const HOSTS = {
  proxy:
    'A real org. The command okta-groups console keeps the token in its process and sends the requests of this page on.',
  'same-origin': 'The org answers at the address of this page: a local org, or a proxy of this site’s own.',
  page: 'An org in this page, for trying things out. Nothing leaves the page, and a reload makes the org anew.',
} as const;

export default function Org(): JSX.Element {
  useTitle('Org');
  useEffect(() => void readLocalOrg(), []);
  const local = localOrg.value;
  return (
    <div class="org-screen">
      <h1>Org</h1>
      {param('locked') === '1' && signedOut.value && (
        <p class="banner" role="status">
          The console locked itself because nobody used it. Everything that was read is gone, and the proxy
          dropped the token.
        </p>
      )}
      <Facts />
      {host.kind === 'proxy' && (signedOut.value ? <SignIn /> : <SignedIn />)}
      {host.kind !== 'proxy' && <Elsewhere />}
      {local && (
        <>
          <SizePanel org={local} />
          <FaultPanel org={local} />
        </>
      )}
    </div>
  );
}

function Facts(): JSX.Element {
  const local = localOrg.value;
  return (
    <section class="panel" aria-labelledby="org-facts">
      <h2 id="org-facts">
        <bdi>{orgName.value}</bdi>
      </h2>
      <p>{HOSTS[host.kind]}</p>
      <dl class="facts">
        {host.kind === 'proxy' && (
          <div>
            <dt>Org</dt>
            <dd>
              <code>{host.org || 'not told by the host'}</code>
            </dd>
          </div>
        )}
        <div>
          <dt>Sign-in</dt>
          <dd>
            {host.kind === 'proxy'
              ? signedOut.value
                ? 'Missing or expired'
                : 'The proxy has a token'
              : signedOut.value
                ? 'Refused (401)'
                : 'None needed by this page'}
          </dd>
        </div>
        {host.kind === 'proxy' && (
          <div>
            <dt>Scopes</dt>
            <dd>
              {scopes.value ? (
                <ul>
                  {scopes.value.map((scope) => (
                    <li key={scope}>
                      <code>{scope}</code>
                    </li>
                  ))}
                </ul>
              ) : (
                'Not known: an API token has the rights of its owner, and an access token may not tell'
              )}
            </dd>
          </div>
        )}
        <div>
          <dt>Changes</dt>
          <dd>
            {readOnly.value ? `Read only. ${readOnly.value}` : 'Allowed, as far as the org allows them'}
          </dd>
        </div>
        {local && (
          <div>
            <dt>Content</dt>
            <dd>
              {grouped(local.groups)} groups and {grouped(local.users)} people at the start, by the seed{' '}
              {local.seed}
            </dd>
          </div>
        )}
      </dl>
      {readOnly.value && !neverWrites() && (
        <div class="actions">
          <Button action={writeAgain}>Try again to write</Button>
          <p class="hint">
            For a role or a scope that was given meanwhile. The org decides at the next change.
          </p>
        </div>
      )}
    </section>
  );
}

/** The form for a token. The token goes once to the proxy; the field is emptied before the answer, and nothing keeps it. */
function SignIn(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const kind = useSignal<'ssws' | 'bearer'>('ssws');
  const busy = useSignal(false);
  const error = useSignal('');
  useEffect(() => {
    const field = input.current;
    // A page that is left, or a form that goes, leaves no token in its field.
    const clear = () => {
      if (field) field.value = '';
    };
    addEventListener('pagehide', clear);
    return () => {
      clear();
      removeEventListener('pagehide', clear);
    };
  }, []);
  const submit = async (event: Event) => {
    event.preventDefault();
    const field = input.current;
    if (!field || busy.value) return;
    const token = field.value.trim();
    field.value = '';
    if (token === '') {
      error.value = 'Type or paste a token.';
      field.focus();
      return;
    }
    error.value = '';
    busy.value = true;
    try {
      await signIn(token, kind.value);
      document.getElementById('screen')?.focus();
    } catch (why) {
      error.value = String((why as Error).message ?? why);
      field.focus();
    } finally {
      busy.value = false;
    }
  };
  return (
    <section class="panel" aria-labelledby="sign-in">
      <h2 id="sign-in">Sign in</h2>
      <form onSubmit={submit} autocomplete="off" class="form">
        <Select
          label="Kind of token"
          hint="An API token from Security, API, Tokens; or an access token of an OAuth app with scopes such as okta.groups.manage."
          value={kind.value}
          choose={(value) => (kind.value = value)}
          options={[
            ['ssws', 'API token (SSWS)'],
            ['bearer', 'Access token (Bearer)'],
          ]}
        />
        <Field
          label="Token"
          hint="It goes once to the proxy on this machine and stays in its memory. This page keeps it nowhere."
          error={error.value || undefined}
        >
          {(attributes) => (
            <input
              {...attributes}
              ref={input}
              type="password"
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              data-1p-ignore
              data-lpignore="true"
            />
          )}
        </Field>
        <div class="actions">
          <button type="submit" class="primary" aria-disabled={busy.value ? 'true' : undefined}>
            {busy.value ? 'Signing in…' : 'Sign in'}
          </button>
        </div>
      </form>
    </section>
  );
}

function SignedIn(): JSX.Element {
  return (
    <section class="panel" aria-labelledby="lock">
      <h2 id="lock">Lock and forget</h2>
      <Select
        label="Lock the console when nobody uses it"
        hint="Locking hides all data and has the proxy drop the token. A run that changes members counts as use."
        value={lockAfter.value}
        choose={(value) => (lockAfter.value = value)}
        options={LOCK_CHOICES.map((minutes) => [
          minutes,
          minutes === 0 ? 'Never' : `After ${minutes} minutes`,
        ])}
      />
      <Forget text="The proxy drops the token, and this page everything that it read and its history of changes." />
    </section>
  );
}

function Forget({ text }: { text: string }): JSX.Element {
  return (
    <div class="actions">
      {/* The shell takes the place of every screen at once, and tells where the proxy did not answer. */}
      <Button kind="danger" action={() => forget().catch(() => undefined)}>
        Forget
      </Button>
      <p class="hint">{text}</p>
    </div>
  );
}

/** Where the page has no proxy: the ways to an org that there are. */
function Elsewhere(): JSX.Element {
  return (
    <section class="panel" aria-labelledby="elsewhere">
      <h2 id="elsewhere">Other orgs</h2>
      {host.kind === 'page' ? (
        <p>
          <a href={location.pathname} target="_self">
            Leave the org in this page
          </a>{' '}
          for the one that answers at this site, if one does.
        </p>
      ) : (
        <p>
          <a href="?org=page&screen=org" target="_self">
            Use an org in this page
          </a>{' '}
          to try things out: nothing leaves the page.
          {noOrg.value !== undefined && ' At this site no org answers.'}
        </p>
      )}
      <p>
        For a real org, run <code>npx okta-groups console --org https://acme.okta.com</code>: it serves this
        console on your machine and keeps the token in its process. A site of your own can serve the console
        with a proxy of its own before the org, at <code>/api/v1</code> of the same address.
      </p>
      <Forget
        text={
          host.kind === 'page'
            ? 'The page is loaded anew: the org in it, and everything that was read, are gone.'
            : 'The page is loaded anew: everything that it read, and its history of changes, are gone. The org stays as it is.'
        }
      />
      <p class="hint">
        <a href={hrefOf('activity')}>Activity</a> shows what the page sends.
      </p>
    </section>
  );
}
