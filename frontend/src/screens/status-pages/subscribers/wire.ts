/** What page and server say to each other about subscribers: see docs/page-protocol.md. Times are ms. */

export type Way = "email" | "webhook" | "slack" | "discord" | "teams" | "push";

export interface Offer {
  kinds: Way[];
  sender: number | null; // the notification that sends e-mails
  address: string; // what links begin with; "": the first host name of the page, else the server's address
  private: boolean;
}

export interface Subscriber {
  id: number;
  kind: Way;
  target: string; // masked
  state: "pending" | "active" | "off";
  monitors: number[] | null; // null: everything
  since: number;
  lastSuccess: number | null;
  failures: number;
}

export interface SubscribersAck {
  offer: Offer;
  kinds: Way[];
  senders: { id: number; name: string }[];
  address: string;
  counts: Record<Subscriber["state"], number>;
  subscribers: Subscriber[];
}
