/** The tabs of the settings: every folder beside this file has one, which `tab.ts` declares and which is found by itself. */
import type { Component } from "vue";
import type { Right } from "../../state/rights.ts";
import type { IconName } from "../../ui/icons.ts";
import type { Key } from "../../words/index.ts";
import type { NavigationEntry } from "../declaration.ts";

export interface Tab {
  name: string; // in the address
  order: number;
  label: Key;
  right: Right;
  component: () => Promise<{ default: Component }>;
  navigation?: { label?: Key; icon: IconName; at: NavigationEntry["at"] };
}

const modules = import.meta.glob<Tab>("./*/tab.ts", { eager: true, import: "default" });

export const tabs = Object.values(modules).sort((a, b) => a.order - b.order);
