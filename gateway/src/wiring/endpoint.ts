import type { Link } from '../config/hall-schema.ts'
import { askItem } from '../dlt645/dlt645.ts'
import { createModbusEndpoint, type EndpointDeps, type ModbusEndpoint } from '../modbus/modbus.ts'

/** A line with every protocol that may be on it: Modbus units, and DL/T 645 meters on serial lines. */
export const openEndpoint = (link: Link, deps: EndpointDeps): ModbusEndpoint =>
  createModbusEndpoint(link, { ...deps, askItem })
