// Names that look alike: compared without case, width, accents, separators and scripts.

/**
 * Pairs of a letter and the Latin letter that it looks like in lower or upper case: Cyrillic, Greek, Armenian, Latin letters that
 * do not decompose, and digits.
 */
const PAIRS =
  'аaвbеeкkмmнhоoрpсcтtуyхxѕsіiјjԁdԛqԝwһhӏlгrпnьb' +
  'αaβbγyεeζzηnιiκkμmνvοoρpςsσoτtυuχxωw' +
  'օoսuոn' +
  'ıiȷjłløođdħhŧtɑaɡgɩi' +
  '0o1l';

let looks: Map<string, string> | undefined;

/**
 * What is left of a name without case, width, accents, separators and scripts. Two names with the same remainder look alike.
 * A name of separators alone is compared as it is.
 */
export function looksLike(name: string): string {
  looks ??= new Map(
    Array.from({ length: PAIRS.length / 2 }, (_, at) => [PAIRS.charAt(2 * at), PAIRS.charAt(2 * at + 1)]),
  );
  const known = looks;
  const folded = name.normalize('NFKC').toLowerCase().normalize('NFD');
  const plain = folded.replace(/[\p{M}\p{C}\p{Z}\p{Pd}\p{Pc}\p{Ps}\p{Pe}\p{Pi}\p{Pf}.,;:'"!?/\\|·]/gu, '');
  const like = plain.replace(/[^a-z2-9]/g, (char) => known.get(char) ?? char);
  return like || folded;
}

/** The name without regard to case: names of groups are unique in this form, as Okta compares them. */
export function sameCase(name: string): string {
  return name.toLowerCase();
}
