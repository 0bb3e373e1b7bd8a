/** What this phone keeps over a closed tab. Without IndexedDB (a private window) it lives as long as the tab. */
export interface Shelf<T> {
  all(): Promise<T[]>
  put(id: string, value: T): Promise<void>
  remove(id: string): Promise<void>
}

const NAMES = ['acts', 'orders'] as const
const DATABASE = 'hallwatt'

let opened: Promise<IDBDatabase | undefined> | undefined

const database = (): Promise<IDBDatabase | undefined> => {
  opened ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open(DATABASE, 1)
      request.onupgradeneeded = () => {
        for (const name of NAMES) request.result.createObjectStore(name)
      }
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => resolve(undefined)
    } catch {
      resolve(undefined)
    }
  })
  return opened
}

export function openShelf<T>(name: (typeof NAMES)[number]): Shelf<T> {
  const memory = new Map<string, T>()
  /** Resolves when it is on the disk, or after it failed: then the tab still has it. */
  async function ask<R>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<R>,
  ): Promise<R | undefined> {
    const db = await database()
    if (!db) return undefined
    return new Promise((resolve) => {
      const transaction = db.transaction(name, mode, { durability: 'strict' })
      const request = work(transaction.objectStore(name))
      transaction.oncomplete = () => resolve(request.result)
      transaction.onerror = () => resolve(undefined)
      transaction.onabort = () => resolve(undefined)
    })
  }
  return {
    async all() {
      const found = (await ask('readonly', (store) => store.getAll())) as T[] | undefined
      return found ?? [...memory.values()]
    },
    async put(id, value) {
      memory.set(id, value)
      await ask('readwrite', (store) => store.put(value, id))
    },
    async remove(id) {
      memory.delete(id)
      await ask('readwrite', (store) => store.delete(id))
    },
  }
}
