import type { StageScreen } from "../declaration.ts";

export default { component: () => import("./Login.vue"), stage: "login" } satisfies StageScreen;
