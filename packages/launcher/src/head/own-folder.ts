/** Where this package is: stack frames in it are ours, and not a person's. */

/** The package's folder as it stands in stacks, with a slash at its end. */
export const launcherFolder: string = new URL("../..", import.meta.url).href;
