import type { Signal } from './behaviour.ts'

/** One signal, or the run of a preStop hook, that a container got. */
export type SignalRecord = {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly containerID: string
  readonly signal: Signal | 'preStop'
  readonly by: 'kubelet' | 'exec'
  readonly at: Date
}

/** What happened to the containers, kept when their pods are gone. */
export class Journal {
  readonly #signals: SignalRecord[] = []

  record(signal: SignalRecord): void {
    this.#signals.push(signal)
  }

  signals(namespace: string, pod: string): readonly SignalRecord[] {
    return this.#signals.filter(record => record.namespace === namespace && record.pod === pod)
  }
}
