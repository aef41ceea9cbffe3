import { localStorageStore } from "ra-core";

/** Columns, sorting and other settings of tables that react-admin remembers for this browser. */
export const store = localStorageStore("1", "peyvand");
