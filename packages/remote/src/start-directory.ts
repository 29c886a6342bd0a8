/** The directory in which the program was started: this module is loaded before a program could change it. Empty if it was gone by then. */
export const startDirectory: string = directory();

function directory(): string {
  try {
    return process.cwd();
  } catch {
    return "";
  }
}
