import type { StageScreen } from "../declaration.ts";

export default { component: () => import("./Setup.vue"), stage: "setup" } satisfies StageScreen;
