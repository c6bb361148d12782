/** In a page: runs the story of that module with the package. An error of the package comes back as its fields. */
export async function tell({ entry, path, argument }) {
  const okta = await import(`/pkg/${entry}.js`);
  const { default: story } = await import(path);
  try {
    return await story(okta, argument);
  } catch (error) {
    if (!okta.isOktaError(error)) throw error;
    console.log(String(error), JSON.stringify(error), error.stack);
    return { ...JSON.parse(JSON.stringify(error)), failed: error.kind, causedBy: String(error.cause) };
  }
}
