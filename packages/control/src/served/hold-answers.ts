/** What is answered to requests about held calls, and what they change is done. Nothing here knows HTTP. */
import type { HoldDesk } from "@hyperion-ts/holds";
import { type ControlAnswer, failure, json } from "./control-answer.ts";

/** The routes of holds. */
export const HOLD_ROUTE = /^(?:GET \/holds|POST \/holds\/retry|POST \/holds\/([^/]+)\/(retry|cancel))$/u;

/** Answers a request that `HOLD_ROUTE` has found; `desk`: undefined where a run holds nothing. */
export function holdAnswer(route: string, url: URL, desk: HoldDesk | undefined): ControlAnswer {
  const [, id, verb] = HOLD_ROUTE.exec(route) ?? [];
  if (desk === undefined)
    return route.startsWith("GET") ? json([]) : failure(404, "not-found", "This run holds no call");
  const { like, ...options } = Object.fromEntries(url.searchParams);
  try {
    if (route === "GET /holds") return json(desk.list());
    if (id === undefined) return json(desk.retryAll(options, like));
    const named = decodeURIComponent(id);
    return json(verb === "cancel" ? desk.cancel(named) : desk.retry(named, options));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = "code" in error ? error.code : undefined;
    if (code === "not-found") return failure(404, code, error.message);
    if (code === "decided") return failure(409, code, error.message);
    if (code === "bad-change" || error instanceof RangeError || error instanceof TypeError)
      return failure(400, "bad-request", error.message);
    throw error;
  }
}
