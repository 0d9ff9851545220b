/** Sets of small integers, one bit each. */
export type Bits = Uint32Array;

export function emptyBits(size: number): Bits {
    return new Uint32Array((size + 31) >>> 5);
}

export function fullBits(size: number): Bits {
    const bits = emptyBits(size).fill(0xffffffff);
    const rest = size & 31;
    if (rest !== 0) bits[bits.length - 1] = 2 ** rest - 1;
    return bits;
}

export function setBit(bits: Bits, index: number): void {
    bits[index >>> 5]! |= 1 << (index & 31);
}

export function clearBit(bits: Bits, index: number): void {
    bits[index >>> 5]! &= ~(1 << (index & 31));
}

export function hasBit(bits: Bits, index: number): boolean {
    return (bits[index >>> 5]! & (1 << (index & 31))) !== 0;
}

/** `bits &= other` */
export function intersect(bits: Bits, other: Bits): void {
    for (let i = 0; i < bits.length; i++) bits[i]! &= other[i]!;
}

/** `bits &= ~other` */
export function subtract(bits: Bits, other: Bits): void {
    for (let i = 0; i < bits.length; i++) bits[i]! &= ~other[i]!;
}

/** `bits |= other` */
export function unite(bits: Bits, other: Bits): void {
    for (let i = 0; i < bits.length; i++) bits[i]! |= other[i]!;
}

/** The members in ascending order. */
export function members(bits: Bits): number[] {
    const list: number[] = [];
    for (let word = 0; word < bits.length; word++) {
        let rest = bits[word]!;
        while (rest !== 0) {
            const low = rest & -rest;
            list.push((word << 5) + 31 - Math.clz32(low));
            rest ^= low;
        }
    }
    return list;
}
