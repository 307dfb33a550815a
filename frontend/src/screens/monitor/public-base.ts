/** The address of this server as the outside calls it, without a slash at its end. */
import { hello } from "../../wire/session.ts";
import { basePath } from "../../wire/socket.ts";

export const publicBase = (): string => hello.value?.primaryBaseURL?.replace(/\/+$/, "") || location.origin + basePath;
