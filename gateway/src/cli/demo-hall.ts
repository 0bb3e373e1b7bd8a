import { isMap, isScalar, parseDocument, visit } from 'yaml'

/** All ports of the demo hall lie in the hundred from here. */
export const DEMO_BASE_PORT = 18_000

/**
 * The demo hall as it is run: its ports moved to another hundred, its store and credentials in the folder of the file.
 * Comments and order of the example stay, so that the file is good to read and to edit.
 */
export function demoHallText(template: string, options: { basePort: number }): string {
  const document = parseDocument(template)
  visit(document, {
    Pair(_, pair) {
      if (
        isScalar(pair.key) &&
        pair.key.value === 'port' &&
        isScalar(pair.value) &&
        typeof pair.value.value === 'number'
      ) {
        pair.value.value += options.basePort - DEMO_BASE_PORT
      }
    },
  })
  document.setIn(['broker', 'credentialsFile'], 'mqtt-credentials')
  if (isMap(document.contents)) document.setIn(['store', 'path'], 'store')
  return document.toString({ lineWidth: 0 })
}
