/** Calls about members that are under way at once; the client holds them back where the org's limit asks for it. */
const LANES = 4;

/** Runs one call for each item. After a failure no further call begins; those under way end first. */
export async function inLanes<T>(items: readonly T[], call: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  let failure: { error: unknown } | undefined;
  const lane = async () => {
    for (const item of left) {
      if (failure) return;
      try {
        await call(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (failure) throw failure.error;
}
