// Reads the two forms of an owner's `lastUpdated`. src/model/owner.rs reads the same; one table tests both.
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** The time of an owner's `lastUpdated`: `Wed Mar 04 10:08:01 UTC 2026`, `2026-03-04 10:08:01.0`, or ISO 8601. */
export function ownerDate(lastUpdated) {
  const text = String(lastUpdated).replace(
    /^\w{3} (\w{3}) (\d\d) (\S{8}) (?:UTC|GMT) (\d{4})$/,
    (_, month, day, time, year) => {
      const at = MONTHS.indexOf(month);
      return `${year}-${String(at % 3 ? 0 : at / 3 + 1).padStart(2, '0')}-${day} ${time}`;
    },
  );
  const form = /^(\d{4}-\d\d-\d\d)[ T]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?Z?$/;
  const [, date, time, fraction = ''] = form.exec(text) ?? [];
  const read = new Date(`${date}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  // Date would read a day that the month does not have as a day of the next month.
  const isReal = !Number.isNaN(read.getTime()) && read.toISOString().startsWith(date);
  return isReal ? read : new Date(NaN);
}
