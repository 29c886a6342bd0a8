/** A module that wants a package which nobody has installed. */
await import(["no", "such", "package"].join("-"));
