/** What breaks the schema, in the words of the validator; undefined when nothing does. */
export type StrictCheck = (action: string, direction: 'request' | 'answer', payload: unknown) => string | undefined

/**
 * The schemas of OCPP 1.6, as the library carries them. An action they do not know passes: whoever handles it says so itself.
 * Loaded with the first charge point port, so that a hall without chargers does not carry them.
 */
export async function loadStrictCheck(): Promise<StrictCheck> {
  const { default: exported } = await import('ocpp-rpc/lib/standard-validators.js')
  // A module of CommonJS: what it exports is the list itself, whatever its types say.
  const validators = exported as unknown as typeof exported.default
  const ocpp16 = validators.find(({ subprotocol }) => subprotocol === 'ocpp1.6')
  if (!ocpp16) throw new Error('The library has no schemas of ocpp1.6.')
  return (action, direction, payload) => {
    try {
      void ocpp16.validate(`urn:${action}.${direction === 'request' ? 'req' : 'conf'}`, payload)
      return undefined
    } catch (error) {
      const { message, rpcErrorCode } = error as { message: string; rpcErrorCode?: string }
      // ProtocolError: there is no such schema.
      return rpcErrorCode === 'ProtocolError'
        ? undefined
        : `${rpcErrorCode ?? 'FormationViolation'}: ${message}`.slice(0, 300)
    }
  }
}
