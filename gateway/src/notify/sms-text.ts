import { PRIORITIES } from '../domain/priority.ts'
import type { Message } from './channel.ts'

/**
 * What fits into an approved SMS template: level, text, order. Vendors refuse addresses inside variables and limit each to 35
 * characters, so the text is cut and the way to the order stands in the template itself.
 */
export function smsVariables(message: Message): { level: string; text: string; order: string } {
  const text = message.title.replace(/^【[^】]*】/, '').replaceAll(/https?:\/\/\S+|[【】]/g, '')
  return {
    level: `${message.priority}${PRIORITIES[message.priority].zh}`,
    text: cut(text),
    order: cut(message.thread),
  }
}

const cut = (text: string): string => [...text].slice(0, 35).join('')
