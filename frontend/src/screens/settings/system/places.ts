/** Places where backups and copies of status pages are put, as people have named them. */
import { shallowRef } from "vue";
import { call } from "../../../wire/socket.ts";
import type { Backup } from "./backups.ts";

export const KINDS = ["folder", "s3", "sftp"] as const;

export interface Place {
  id: string; // "" for a new one
  name: string;
  kind: (typeof KINDS)[number];
  label?: string; // where it is
  backups: boolean;
  pages: boolean;
  folder: string;
  endpoint: string;
  region: string;
  bucket: string;
  prefix: string;
  pathStyle: boolean;
  accessKey: string;
  secretKey: string;
  host: string;
  port: number;
  user: string;
  password: string;
  privateKey: string;
  hostKey: string;
}

export const newPlace = (): Place => ({
  id: "", name: "", kind: "s3", backups: true, pages: false, folder: "", endpoint: "", region: "", bucket: "",
  prefix: "", pathStyle: true, accessKey: "", secretKey: "", host: "", port: 22, user: "", password: "",
  privateKey: "", hostKey: "",
});

export const places = shallowRef<Place[] | null>(null);

/** What the event answers is what there is then. */
export async function changePlaces(event: string, ...values: unknown[]): Promise<void> {
  places.value = (await call<{ places: Place[] }>(event, ...values)).places;
}

/** Tries one, saved or not; the fingerprint of the host key it has shown, "" for kinds without. */
export const testPlace = async (place: Place): Promise<string> =>
  (await call<{ hostKey: string }>("testPlace", place)).hostKey;

export const backupsAt = async (place: Place): Promise<Backup[]> =>
  (await call<{ backups: Backup[] }>("backupsAt", place.id)).backups;
