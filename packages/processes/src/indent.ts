/** What a process printed, each line set off by "  | " from the message that quotes it; an empty text where it printed nothing. */
export const indent = (text: string): string => (text === "" ? "" : `\n${text.replace(/^/gm, "  | ")}`);
