import { resolve } from 'node:path'
import { authTables } from '../auth/auth-tables.ts'
import { BROKER_TABLES } from '../broker/broker.ts'
import { commandTables } from '../commands/commands.ts'
import type { Hall } from '../config/hall-schema.ts'
import { readSecret } from '../config/secrets.ts'
import { demoTables } from '../demo-runs/records.ts'
import { createHistory } from '../history/create-history.ts'
import type { History } from '../history/history.ts'
import { historyTables } from '../history/history-tables.ts'
import { createInfluxForwarder, type InfluxForwarder } from '../influx/influx.ts'
import { notifyTables } from '../notify/outbox-tables.ts'
import { ocppTables } from '../ocpp/transactions.ts'
import { repairTables } from '../repair/repair-tables.ts'
import { createSpool } from '../spool/create-spool.ts'
import type { Spool } from '../spool/spool.ts'
import { spoolTables } from '../spool/spool-tables.ts'
import { documentTables } from '../store/documents-table.ts'
import { openStore } from '../store/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import type { GatewayOptions, Opened } from './opened.ts'

/** Where everything is kept, and the way on to InfluxDB. */
export interface Storage {
  readonly store: Store
  readonly spool: Spool
  readonly history: History
  /** Absent when the hall names no InfluxDB. */
  readonly influx: InfluxForwarder | undefined
}

export async function openStorage(settings: Hall, options: GatewayOptions, opened: Opened): Promise<Storage> {
  const { clock, log, random } = options
  const store = await openStore({
    directory: resolve(options.folder, settings.store.path),
    clock,
    log,
    tables: [
      ...authTables,
      ...documentTables,
      ...spoolTables,
      ...historyTables,
      ...BROKER_TABLES,
      ...repairTables,
      ...notifyTables,
      ...commandTables,
      ...demoTables,
      ...ocppTables,
    ],
  })
  opened.add(() => store.close())
  const history = createHistory({ store, settings: settings.store, clock, log })
  const spool = await createSpool({
    store,
    settings: settings.store,
    clock,
    log,
    forwards: settings.influx !== undefined,
    giveHistory: () => history.giveOldest(),
  })
  opened.add(() => spool.close())
  opened.every(1000, () => spool.tick(clock.wallMs()))
  opened.every(1000, () => history.tick(clock.wallMs()))

  let influx: InfluxForwarder | undefined
  if (settings.influx) {
    const token = readSecret(options.environment, 'HALLWATT_INFLUX_TOKEN')
    influx = createInfluxForwarder({
      settings: settings.influx,
      ...(token === undefined ? {} : { token }),
      spool,
      clock,
      log,
      random,
    })
    await influx.start()
    opened.add(influx.close)
  }
  return { store, spool, history, influx }
}
