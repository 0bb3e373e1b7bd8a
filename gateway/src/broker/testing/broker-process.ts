import { hallSchema } from '../../config/hall-schema.ts'
import { silentLog } from '../../ports/log.ts'
import { systemClock } from '../../ports/system-clock.ts'
import { openStore } from '../../store/sqlite-store.ts'
import { BROKER_TABLES, createBroker } from '../broker.ts'

/** A broker in a process of its own, to be killed: `node broker-process.ts <folder>`; says its port to its parent. */
const store = await openStore({
  directory: process.argv[2] ?? '',
  clock: systemClock,
  log: silentLog,
  tables: BROKER_TABLES,
})
const broker = await createBroker({
  settings: { ...hallSchema.shape.broker.parse({}), port: 0 },
  credentials: undefined,
  store,
  clock: systemClock,
  log: silentLog,
  onPublish() {},
  onConnection() {},
})
broker.setGrants([
  { user: 'kiosk-01', publish: ['hallwatt/demo/kiosk-01/#'], subscribe: [] },
  { user: 'console', publish: [], subscribe: ['hallwatt/#'] },
])
process.send?.({ port: broker.addresses().tcp.port })
