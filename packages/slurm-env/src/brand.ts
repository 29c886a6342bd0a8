/**
 * Nominal types over plain values: a `SlurmJobId` is a number that was checked to be one, so a
 * function that asks for it need not check again. The property exists for the compiler only.
 */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };
