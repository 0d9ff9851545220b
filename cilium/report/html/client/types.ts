/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { PageData, PagePart } from "../data";

/** A line of the matrix: one group, or a closed section with all its groups. */
export interface Item {
    readonly kind: "group" | "section";
    readonly name: string;
    readonly section: string;
    /** Indices into `data.groups`. */
    readonly groups: readonly number[];
    /** How many endpoints it stands for. */
    readonly members: number;
}

/** Place of a cell, in what is shown. */
export interface Cell {
    readonly row: number;
    readonly column: number;
}

/** Sizes in CSS pixels: a cell, the names at the left, the names at the top. */
export interface Geometry {
    readonly cell: number;
    readonly left: number;
    readonly top: number;
}

/** How open a cell is, from most to least; `none` is denied, `outside` is between two ends that no policy is about. */
export type Openness = "all" | "some" | "proxy" | "depends" | "none" | "outside";

/** One cell in the words of a person. */
export interface CellSummary {
    readonly openness: Openness;
    /** e.g. `TCP 8080`, `12 of 40 pairs`, `denied`. */
    readonly text: string;
}

/** What the reader has asked to see. */
export interface Filter {
    readonly from: string;
    readonly to: string;
    /** `8080`, `53/udp` or the empty string. */
    readonly port: string;
    /** Show AKS's own workloads. */
    readonly system: boolean;
}

/** The page's state and everything derived from it. The views ask; none of them keeps its own. */
export interface Model {
    readonly data: PageData;
    readonly filter: Filter;
    readonly selected: { readonly from: Item; readonly to: Item } | undefined;
    rows(): readonly Item[];
    columns(): readonly Item[];
    summary(from: Item, to: Item): CellSummary;
    /** Parts of the flow between two groups that pass the port filter, each with its rules. */
    parts(from: number, to: number): readonly { readonly part: PagePart; readonly rules: number }[];
    setFilter(change: Partial<Filter>): void;
    select(from: Item, to: Item): void;
    /** Opens or closes a section. */
    toggle(section: string): void;
    isOpen(section: string): boolean;
    /** Sections with more than one group: the ones that open and close. */
    isFoldable(section: string): boolean;
    onChange(listener: (change: "filter" | "selection") => void): void;
}

/** Creates an element; `undefined` attributes are left out. */
export type MakeElement = <K extends keyof HTMLElementTagNameMap>(
    tag: K,
    attributes?: Readonly<Record<string, string | undefined>>,
    ...children: (Node | string)[]
) => HTMLElementTagNameMap[K];
