/** A module that can't be loaded. */
throw new Error("this module is broken");
