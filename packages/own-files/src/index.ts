import "./supported-node.ts";
export { NotOursError, ownUserId } from "./not-ours-error.ts";
export { openOwnFile, openOwnFileIfThere } from "./open-own-file.ts";
export { openRegularFile } from "./open-regular-file.ts";
export { type MovedFolder, ownFolder, ownFolderIfThere } from "./own-folder.ts";
export { plainFile } from "./plain-file.ts";
export { privateFolder } from "./private-folder.ts";
export { readRegularFile } from "./read-regular-file.ts";
export { writeWhole } from "./write-whole.ts";
