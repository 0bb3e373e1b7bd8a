import { createRequire, Module } from 'node:module'

/**
 * ocpp-rpc without the schemas of the versions we do not speak: it reads those of 2.0.1 and 2.1 (1.6 MB of JSON) whenever it is
 * loaded, for a strict mode of its own that we do not use. It finds an empty list in their place. Loaded with the first charge
 * point port, so that a hall without chargers does not carry the library.
 */
export function loadRpcLibrary(): typeof import('ocpp-rpc') {
  const list = require.resolve('ocpp-rpc/lib/standard-validators.js')
  require.cache[list] ??= Object.assign(new Module(list), { filename: list, loaded: true, exports: [] })
  return require('ocpp-rpc')
}

/** The schemas of OCPP 1.6, compiled action by action as they are first used. */
export function loadSchemas16(): import('ocpp-rpc/lib/validator.js').Validator {
  const { createValidator } = require('ocpp-rpc/lib/validator.js') as typeof import('ocpp-rpc/lib/validator.js')
  return createValidator('ocpp1.6', require('ocpp-rpc/lib/schemas/ocpp1_6.json'))
}

const require = createRequire(import.meta.url)
