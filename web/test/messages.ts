// Fluent files as data.

import { FluentResource } from "@fluent/bundle";

import { LANGUAGES, type Language } from "../src/texts/languages.js";
import { sources, type Source } from "./sources.js";

/** A message or one of its attributes, `reason-internal` or `reason-internal.help`, and what is filled in. */
export interface Message {
  readonly id: string;
  readonly path: string;
  readonly variables: ReadonlySet<string>;
  /** Whether there are words in it besides what is filled in. */
  readonly hasWords: boolean;
}

/** The messages of all files of one language. */
export function messagesIn(language: Language): Message[] {
  return sources([`web/src/texts/${language}`], ".ftl").flatMap(parsed);
}

/** All languages with their messages by id. */
export function everyLanguage(): [Language, Map<string, Message>][] {
  return LANGUAGES.map((language) => [language, new Map(messagesIn(language).map((message) => [message.id, message]))]);
}

/** The messages of one file. */
export function parsed({ path, text }: Source): Message[] {
  return new FluentResource(text).body.flatMap((message) => {
    const parts: [string, unknown][] = [
      ...(message.value === null ? [] : [[message.id, message.value] as [string, unknown]]),
      ...Object.entries(message.attributes).map(
        ([name, value]) => [`${message.id}.${name}`, value] as [string, unknown],
      ),
    ];
    return parts.map(([id, value]) => ({
      id,
      path,
      variables: new Set(variablesIn(value)),
      hasWords: hasWords(value),
    }));
  });
}

/** How many messages and attributes the lines of a file begin: Fluent leaves out silently what it cannot read. */
export function begunIn({ text }: Source): number {
  return text.match(/^(?:[a-z][\w-]*|\s+\.[a-z][\w-]*) *=/gm)?.length ?? 0;
}

function variablesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  if ("type" in value && value.type === "var" && "name" in value) return [String(value.name)];
  return Object.values(value).flatMap(variablesIn);
}

function hasWords(pattern: unknown): boolean {
  if (typeof pattern === "string") return /\p{L}/u.test(pattern);
  if (Array.isArray(pattern)) return pattern.some(hasWords);
  if (typeof pattern !== "object" || pattern === null || !("variants" in pattern)) return false;
  return (pattern.variants as { value: unknown }[]).some(({ value }) => hasWords(value));
}
