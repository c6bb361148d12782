// Replaces okta-groups/auth in the CommonJS build for browsers, where no program loads a private key.
export const serviceApp = undefined;
