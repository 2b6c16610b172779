/** The browser's store of answers that could not be sent yet. What lies in it is sealed; only names can be read. */

const NAME = "smo-unsent";
const STORE = "answers";

export interface Sealed {
  key: string;
  owner: string;
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the store refused"));
  });
}

export function openStore(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" }).createIndex("owner", "owner");
  return asked(request);
}

/** Writes and waits until the write is on disk, not only accepted. */
function written(store: IDBDatabase, change: (rows: IDBObjectStore) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const work = store.transaction(STORE, "readwrite", { durability: "strict" });
    work.oncomplete = () => resolve();
    work.onerror = work.onabort = () => reject(work.error ?? new Error("the store refused"));
    change(work.objectStore(STORE));
  });
}

export function keep(store: IDBDatabase, sealed: Sealed): Promise<void> {
  return written(store, (rows) => rows.put(sealed));
}

export function forget(store: IDBDatabase, key: string): Promise<void> {
  return written(store, (rows) => rows.delete(key));
}

export function ofOwner(store: IDBDatabase, owner: string): Promise<Sealed[]> {
  return asked(store.transaction(STORE).objectStore(STORE).index("owner").getAll(owner) as IDBRequest<Sealed[]>);
}

export async function wipe(store: IDBDatabase, owner: string): Promise<void> {
  for (const { key } of await ofOwner(store, owner)) await forget(store, key);
}
