/** A stored event as the stream tells it. Every text in it was written by a visitor's page: show it as text only. */
export interface LiveEvent {
  id: string;
  name: string;
  at: number;
  site: string;
  path: string;
  title: string;
  session: string;
  visitor?: string;
  data: Record<string, unknown>;
}
