import { parseDocument } from 'yaml'
import type { Change } from './change-schema.ts'
import { editText, Unfit } from './edit-text.ts'
import { editsOf } from './edits-of.ts'

export { unifiedDiff } from './unified-diff.ts'

/** The text after the changes, or which one does not fit and why. */
export type Changed =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly index: number; readonly message: string }

/** Does changes on the text of a hall.yaml, in order, all or none. Comments, order and untouched lines stay as they are. */
export function changeText(text: string, changes: readonly Change[]): Changed {
  let next = text
  for (const [index, change] of changes.entries()) {
    try {
      for (const edit of editsOf(change, parseDocument(next).toJS())) next = editText(next, edit)
    } catch (error) {
      if (!(error instanceof Unfit)) throw error
      return { ok: false, index, message: `${change.do}: ${error.message}` }
    }
  }
  return { ok: true, text: next }
}
