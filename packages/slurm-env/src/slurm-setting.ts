/** What `scontrol show config` prints. Pure: the caller runs scontrol, with `TZ=UTC`. */

/** A setting of slurm.conf, such as `ClusterName`, as it is printed; undefined where it is not there. */
export const slurmSetting = (config: string, name: string): string | undefined =>
  new RegExp(`^${name}\\s*= (.+)$`, "m").exec(config)?.[1]?.trim();

/** The time at which the controller made the answer (slurm_print_ctl_conf), in milliseconds since 1970: whole seconds of its clock. */
export function slurmConfigTimeMs(config: string): number | undefined {
  const time = /^Configuration data as of (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)$/m.exec(config)?.[1];
  return time === undefined ? undefined : Date.parse(`${time}Z`);
}
