import { expect, test } from "vitest";

import { BautaError } from "../src/error.js";
import { read } from "../page/configuration.js";

const base = "https://wallet.example/app/";
const root = "ab".repeat(32);
const whole = {
  root,
  trustList: "https://trust.example/list.cbor",
  issuers: [{ name: "Lab", url: "https://lab.example" }],
};

function fieldIn(configuration: unknown): string {
  try {
    read(typeof configuration === "string" ? configuration : JSON.stringify(configuration), base);
    return "accepted";
  } catch (error) {
    return error instanceof BautaError ? `${error.code} ${error.params["field"]}` : String(error);
  }
}

test("what a host writes is read, addresses beside the page too", () => {
  const read1 = read(JSON.stringify({ ...whole, trustList: "./list.cbor", brand: { name: "Stad" } }), base);
  expect(read1.trustList).toBe("https://wallet.example/app/list.cbor");
  expect(read1.issuers).toEqual([{ name: "Lab", url: "https://lab.example" }]);
  expect(read1.brand.name).toBe("Stad");
});

test("an address of this machine may do without https, no other", () => {
  expect(fieldIn({ ...whole, trustList: "http://127.0.0.1:8080/trust-list" })).toBe("accepted");
  expect(fieldIn({ ...whole, trustList: "http://trust.example/list.cbor" })).toBe("configuration_wrong trustList");
});

test.each([
  ["not JSON", "{", "JSON"],
  ["not an object", "[]", "bauta.json"],
  ["a key that is misspelt", { ...whole, rooot: root }, "rooot"],
  ["a root of another length", { ...whole, root: "ab" }, "root"],
  ["a root in capitals", { ...whole, root: root.toUpperCase() }, "root"],
  ["no trust list", { ...whole, trustList: undefined }, "trustList"],
  ["a password in an address", { ...whole, trustList: "https://a:b@trust.example/" }, "trustList"],
  ["a script as an address", { ...whole, trustList: "javascript:alert(1)" }, "trustList"],
  ["issuers that are no list", { ...whole, issuers: {} }, "issuers"],
  [
    "an issuer with more than it has",
    { ...whole, issuers: [{ name: "Lab", url: "https://l.example", key: 1 }] },
    "issuers.key",
  ],
  ["a name that steers the screen", { ...whole, brand: { name: "a\u202eb" } }, "brand.name"],
  ["a name with markup", { ...whole, brand: { name: "<b>" } }, "brand.name"],
  ["too much", JSON.stringify({ ...whole, brand: { name: "x".repeat(70_000) } }), "size"],
])("%s is refused by name", (_, configuration, field) => {
  expect(fieldIn(configuration)).toBe(`configuration_wrong ${field}`);
});
