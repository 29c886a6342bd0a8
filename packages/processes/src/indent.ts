/** What a process printed, set off from the message that quotes it; nothing where it printed nothing. */
export const indent = (text: string): string => (text === "" ? "" : `\n${text.replace(/^/gm, "  | ")}`);
