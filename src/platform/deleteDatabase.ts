/** Deletes the database of that name, if there is one: at once where its connections are closed, else when they are. */
export function deleteDatabase(name: string): void {
  try {
    indexedDB.deleteDatabase(name);
  } catch {
    // Without storage there is nothing to delete.
  }
}
