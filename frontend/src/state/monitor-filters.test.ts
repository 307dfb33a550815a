import { describe, expect, it } from "vitest";
import { filtersFromQuery, isFiltering, noFilters, queryFromFilters, type Filters } from "./monitor-filters.ts";

describe("filters in the address", () => {
  it.each<Filters>([
    noFilters(),
    { text: "web 1", statuses: ["down", "pending"], types: ["http"], tags: ["prod"], sort: "status" },
    { ...noFilters(), tags: ["a, b", "50% off"] },
  ])("come back as they went: %j", (filters) => {
    const query = queryFromFilters(filters) as Record<string, string>;
    expect(filtersFromQuery(query)).toEqual(filters);
  });

  it("leave nothing in the address when nothing is filtered", () => {
    expect(queryFromFilters(noFilters())).toEqual({});
  });

  it("drop what nobody knows", () => {
    expect(filtersFromQuery({ status: "down,nonsense", sort: "sideways" })).toMatchObject({
      statuses: ["down"],
      sort: "name",
    });
  });

  it("count an order as no filter", () => {
    expect(isFiltering({ ...noFilters(), sort: "uptime" })).toBe(false);
    expect(isFiltering({ ...noFilters(), text: "  " })).toBe(false);
    expect(isFiltering({ ...noFilters(), types: ["http"] })).toBe(true);
  });
});
