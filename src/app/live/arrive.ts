import type { StreamId } from "../../core/ids.ts";
import { networkOf } from "../../core/network.ts";
import type { Arrival, Role } from "../../protocol/room-rpc.ts";
import { identityOfClient, identityOfUser } from "./identity.ts";
import type { StreamRegistry } from "./stream-registry.ts";
import { openTicket, type TicketDeps } from "./ticket.ts";

export interface ArriveDeps extends TicketDeps {
  readonly registry: Pick<StreamRegistry, "find">;
}

export interface ArriveRequest {
  readonly stream: StreamId;
  readonly role: Role;
  /** The site's own id of the browser. */
  readonly client: string | undefined;
  readonly ticket: string | undefined;
  readonly address: string;
  readonly userAgent: string | undefined;
}

export type ArriveResult =
  | { readonly status: "arrived"; readonly arrival: Arrival }
  | { readonly status: "unknown-stream" }
  | { readonly status: "registry-unavailable" }
  | { readonly status: "not-live" }
  | { readonly status: "ticket-refused" };

/** Who may go to a stream's room, and as whom. Only a registered stream gets further, so that no name makes an object. */
export const arrive = async (deps: ArriveDeps, request: ArriveRequest): Promise<ArriveResult> => {
  const found = await deps.registry.find(request.stream).then(
    (stream) => ({ stream }),
    () => undefined,
  );
  if (found === undefined) return { status: "registry-unavailable" };
  const { stream } = found;
  if (stream === undefined) return { status: "unknown-stream" };
  if (stream.status !== "live") return { status: "not-live" };
  const { ticket, role, address } = request;
  const user = ticket === undefined ? undefined : await openTicket(deps, ticket, stream.id);
  // A ticket that is no good is refused on a public stream too: its holder would be counted as somebody else.
  if (user === undefined && (ticket !== undefined || stream.visibility === "private")) {
    return { status: "ticket-refused" };
  }
  const network = networkOf(address);
  const identity = user === undefined ? identityOfClient(request, network) : identityOfUser(user);
  return { status: "arrived", arrival: { role, identity, network } };
};
