import { expect, it } from "vitest";
import { archivesIn, isDebian } from "../src/release-mirror.ts";

it("apt's archives are found in what it would fetch, each once", () => {
  const uris = [
    "'http://mirror.example/debian/dists/bookworm/InRelease' mirror.example_debian_dists_bookworm_InRelease 0 ",
    "'http://mirror.example/debian/dists/bookworm/main/binary-amd64/Packages.xz' mirror.example_debian_dists_bookworm_main_binary-amd64_Packages 0 ",
    "'http://mirror.example/debian/dists/bookworm-updates/InRelease' mirror.example_debian_dists_bookworm-updates_InRelease 0 ",
    "'https://other.example/linux/debian/dists/stable/updates/InRelease' other.example_linux_debian_dists_stable_updates_InRelease 0 ",
    "",
  ].join("\n");
  expect(archivesIn(uris)).toEqual(["http://mirror.example/debian/", "https://other.example/linux/debian/"]);
  expect(archivesIn("")).toEqual([]);
});

it.each([
  [true, "Origin: Debian\nLabel: Debian\nSuite: unstable\nCodename: sid\n"],
  [false, "Origin: Debian\nLabel: Debian-Security\nCodename: trixie-security\n"],
  [false, "Origin: Docker\nLabel: Docker CE\nCodename: trixie\n"],
  [false, ""],
])("%s: an archive is Debian's own by what it says of itself", (is, text) => {
  expect(isDebian(text)).toBe(is);
});
