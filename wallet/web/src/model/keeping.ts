import type { Counter } from "bauta/store";

const LAST_SAVE = "bauta-wallet-saves";

/** Beside the database, so that an older database put back by itself is noticed. */
export const lastSave: Counter = {
  read: () => Number(localStorage.getItem(LAST_SAVE) ?? 0),
  note: (count) => localStorage.setItem(LAST_SAVE, String(count)),
  clear: () => localStorage.removeItem(LAST_SAVE),
};
