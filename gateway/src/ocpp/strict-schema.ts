import { loadSchemas16 } from './rpc-library.ts'

/** What breaks the schema, in the words of the validator; undefined when nothing does. */
export type StrictCheck = (action: string, direction: 'request' | 'answer', payload: unknown) => string | undefined

/** The schemas of OCPP 1.6, as the library carries them. An action they do not know passes: whoever handles it says so itself. */
export function loadStrictCheck(): StrictCheck {
  const schemas = loadSchemas16()
  return (action, direction, payload) => {
    try {
      void schemas.validate(`urn:${action}.${direction === 'request' ? 'req' : 'conf'}`, payload)
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
