import { loadPolicy as loadWasm } from '@open-policy-agent/opa-wasm'

/** A compiled policy with its data: JSON in, JSON out. */
export interface Evaluator {
  /** The minor version of the ABI that the wasm was compiled for; `evaluate` needs 2. */
  readonly abi: number
  readonly entryPoints: Readonly<Record<string, number>>
  /** The result set of one entry point. @throws whatever the wasm throws: strings, plain objects, RuntimeError */
  evaluate(input: object, entryPoint: number): unknown
}

/** The calls of OPA's wasm ABI that an evaluation needs (openpolicyagent.org/docs/wasm, ABI 1.2). */
interface Exports {
  opa_eval(reserved: 0, entryPoint: number, data: number, input: number, inputLength: number, heap: number, format: 0): number
}

const PAGE = 64 * 1024

/**
 * The evaluator of this wasm with this data. opa-wasm loads it; its own `evaluate` reads the answer byte by byte and
 * makes a new encoder for each call, which costs a fifth of a verdict, so the same call is made here.
 */
export async function loadEvaluator(wasm: Uint8Array<ArrayBuffer>, data: object): Promise<Evaluator> {
  const policy = await loadWasm(wasm)
  policy.setData(data)
  const { mem, dataAddr } = policy
  const heap = policy.dataHeapPtr as number // opa-wasm types it any
  const { opa_eval: evaluate } = (policy.wasmInstance as unknown as { exports: Exports }).exports // opa-wasm has unwrapped it, the caller checks the ABI
  let memory = Buffer.from(mem.buffer)

  // Growing detaches the buffer.
  function current(): Buffer {
    if (memory.buffer !== mem.buffer) memory = Buffer.from(mem.buffer)
    return memory
  }

  return {
    abi: policy.minorVersion as number,
    entryPoints: policy.entrypoints as Record<string, number>,
    evaluate: (input, entryPoint) => {
      const text = JSON.stringify(input)
      const missing = heap + 3 * text.length - mem.buffer.byteLength // no UTF-16 unit takes more than three bytes
      if (missing > 0) mem.grow(Math.ceil(missing / PAGE))
      const length = current().write(text, heap)
      const answer = evaluate(0, entryPoint, dataAddr, heap, length, heap + length, 0)
      const after = current()
      return JSON.parse(after.toString('utf8', answer, after.indexOf(0, answer)))
    },
  }
}
