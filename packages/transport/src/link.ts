/** How two processes of different machines find each other without a session: a port with keys, and the call to it. Apart from the index, because most who load that need no TLS. */
export { callHead } from "./call-head.ts";
export { type HeadPort, type Invitation, openHeadPort, type PortAddress } from "./head-port.ts";
