/** Made by `npm run types` from the server's OpenAPI document; not to be edited. */

export interface DescribedService {
  name: string;
  label: string;
  description: string;
  groups: string[];
  fields: Field[];
  documentation?: string;
  missing?: string;
}

export interface Field {
  name: string;
  label: string;
  kind: string;
  section: string;
  default: unknown;
  help?: string;
  placeholder?: string;
  required?: boolean;
  secret?: boolean;
  unit?: string;
  minimum?: number;
  maximum?: number;
  step?: number;
  choices?: FieldChoice[];
  shownWhen?: FieldCondition;
  refersTo?: string;
}

export interface FieldChoice {
  value: string | number | boolean | null;
  label: string;
}

export interface FieldCondition {
  option: string;
  values: unknown[];
}

export interface ServiceList {
  services: DescribedService[];
}
