// Matrix products with named register tiles: every thread owns 2 to 16 rows by 16 columns of the
// result and reads its operands straight from memory. Lanes lie along columns.
//
// On the software device a load costs much more than arithmetic, whether of one f32 or of a vec4, so
// the tile is as large as pays; `staged` shares loads through workgroup memory instead, for cards.
struct Params {
    m: u32,             // rows of the result
    n: u32,             // columns of the result
    k: u32,             // length of the sums
    a_row_step: u32,    // elements of a from one row of the result to the next
    a_sum_step: u32,    // elements of a from one term of the sum to the next
    b_sum_step: u32,
    b_column_step: u32,
    lanes: u32,         // threads of a workgroup along columns; the other 64 / lanes go along rows
    chunk: u32,         // terms of the sum that one part takes
    parts: u32,
    has_bias: u32,
    relu: u32,
}

@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;
@group(0) @binding(2) var<storage, read> bias4: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> result4: array<vec4f>;
// sum_parts: the parts of the sum, then the bias.
@group(0) @binding(0) var<storage, read> addends: array<f32>;
@group(0) @binding(1) var<storage, read> part_bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> total: array<f32>;
@group(0) @binding(0) var<storage, read> addends4: array<vec4f>;
@group(0) @binding(1) var<storage, read> part_bias4: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> total4: array<vec4f>;
@group(1) @binding(0) var<uniform> params: Params;

// Sixteen columns of one row: four vec4 that lie `lanes` vec4 apart, or sixteen scalars that lie
// `lanes` apart.
struct Columns { c0: vec4f, c1: vec4f, c2: vec4f, c3: vec4f }

// What one thread computes.
struct Tile {
    row: u32,    // first row
    column: u32, // first column, in vec4 or scalars
    first: u32,  // first term of the sum
    end: u32,    // term after the last
    part: u32,
}

fn make_tile(workgroup: u32, local: u32, rows: u32, width: u32, per_thread: u32) -> Tile {
    let lanes = params.lanes;
    let column_groups = (width + lanes * per_thread - 1u) / (lanes * per_thread);
    let rows_of_group = rows * (64u / lanes);
    let row_groups = (params.m + rows_of_group - 1u) / rows_of_group;
    let column = (workgroup % column_groups) * lanes * per_thread + local % lanes;
    let row_group = (workgroup / column_groups) % row_groups;
    let part = workgroup / (column_groups * row_groups);
    let row = row_group * rows_of_group + (local / lanes) * rows;
    let first = part * params.chunk;
    return Tile(row, column, first, min(params.k, first + params.chunk), part);
}

// A folded grid has more workgroups than tiles; they have no part.
fn is_outside(tile: Tile) -> bool {
    return tile.row >= params.m || tile.part >= params.parts;
}

// Rows and columns past the end repeat the last one; only the stores are guarded.
fn start_of_row(row: u32) -> u32 {
    return min(row, params.m - 1u) * params.a_row_step;
}

fn start_of_column(tile: Tile, i: u32) -> u32 {
    return min(tile.column + i * params.lanes, params.n - 1u) * params.b_column_step;
}

fn add_product(x: f32, y: Columns, sum: Columns) -> Columns {
    let factor = vec4f(x);
    return Columns(
        fma(factor, y.c0, sum.c0),
        fma(factor, y.c1, sum.c1),
        fma(factor, y.c2, sum.c2),
        fma(factor, y.c3, sum.c3),
    );
}

fn finished(value: vec4f) -> vec4f {
    // Comparisons keep a NaN, which max() may hide.
    return select(value, vec4f(), (value <= vec4f()) & vec4<bool>(params.relu != 0u));
}

fn store_vec4(tile: Tile, row: u32, column: u32, value: vec4f) {
    let width = params.n / 4u;
    if (row >= params.m || column >= width) { return; }
    var sum = value;
    if (params.has_bias != 0u) { sum += bias4[column]; }
    result4[(tile.part * params.m + row) * width + column] = finished(sum);
}

fn store_row(tile: Tile, i: u32, sum: Columns) {
    let row = tile.row + i;
    store_vec4(tile, row, tile.column, sum.c0);
    store_vec4(tile, row, tile.column + params.lanes, sum.c1);
    store_vec4(tile, row, tile.column + 2u * params.lanes, sum.c2);
    store_vec4(tile, row, tile.column + 3u * params.lanes, sum.c3);
}

fn store_scalar(tile: Tile, row: u32, column: u32, value: f32) {
    if (row >= params.m || column >= params.n) { return; }
    var sum = value;
    if (params.has_bias != 0u) { sum += bias[column]; }
    result[(tile.part * params.m + row) * params.n + column] = finished(vec4f(sum)).x;
}

fn store_scalars(tile: Tile, i: u32, group: u32, value: vec4f) {
    let row = tile.row + i;
    let column = tile.column + 4u * group * params.lanes;
    store_scalar(tile, row, column, value.x);
    store_scalar(tile, row, column + params.lanes, value.y);
    store_scalar(tile, row, column + 2u * params.lanes, value.z);
    store_scalar(tile, row, column + 3u * params.lanes, value.w);
}

fn store_scalar_row(tile: Tile, i: u32, sum: Columns) {
    store_scalars(tile, i, 0u, sum.c0);
    store_scalars(tile, i, 1u, sum.c1);
    store_scalars(tile, i, 2u, sum.c2);
    store_scalars(tile, i, 3u, sum.c3);
}

// Where the sixteen columns of a thread start in b.
struct Starts { s0: vec4u, s1: vec4u, s2: vec4u, s3: vec4u }

fn four_starts(tile: Tile, i: u32) -> vec4u {
    return vec4u(
        start_of_column(tile, i),
        start_of_column(tile, i + 1u),
        start_of_column(tile, i + 2u),
        start_of_column(tile, i + 3u),
    );
}

fn column_starts(tile: Tile) -> Starts {
    return Starts(
        four_starts(tile, 0u),
        four_starts(tile, 4u),
        four_starts(tile, 8u),
        four_starts(tile, 12u),
    );
}

// ---- b by rows, vec4 along columns (n a multiple of 4), a one scalar at a time ------------------

fn columns_at(tile: Tile, term: u32) -> Columns {
    let width = params.n / 4u;
    let last = width - 1u;
    let start = term * width;
    return Columns(
        right_vec4(start + min(tile.column, last)),
        right_vec4(start + min(tile.column + params.lanes, last)),
        right_vec4(start + min(tile.column + 2u * params.lanes, last)),
        right_vec4(start + min(tile.column + 3u * params.lanes, last)),
    );
}

@compute @workgroup_size(64)
fn rows16(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let group = workgroup_index(workgroup);
    let tile = make_tile(group, local, 16u, params.n / 4u, 4u);
    if (is_outside(tile)) { return; }
    let at0 = start_of_row(tile.row + 0u);
    let at1 = start_of_row(tile.row + 1u);
    let at2 = start_of_row(tile.row + 2u);
    let at3 = start_of_row(tile.row + 3u);
    let at4 = start_of_row(tile.row + 4u);
    let at5 = start_of_row(tile.row + 5u);
    let at6 = start_of_row(tile.row + 6u);
    let at7 = start_of_row(tile.row + 7u);
    let at8 = start_of_row(tile.row + 8u);
    let at9 = start_of_row(tile.row + 9u);
    let at10 = start_of_row(tile.row + 10u);
    let at11 = start_of_row(tile.row + 11u);
    let at12 = start_of_row(tile.row + 12u);
    let at13 = start_of_row(tile.row + 13u);
    let at14 = start_of_row(tile.row + 14u);
    let at15 = start_of_row(tile.row + 15u);
    var r0 = Columns();
    var r1 = Columns();
    var r2 = Columns();
    var r3 = Columns();
    var r4 = Columns();
    var r5 = Columns();
    var r6 = Columns();
    var r7 = Columns();
    var r8 = Columns();
    var r9 = Columns();
    var r10 = Columns();
    var r11 = Columns();
    var r12 = Columns();
    var r13 = Columns();
    var r14 = Columns();
    var r15 = Columns();
    for (var term = tile.first; term < tile.end; term++) {
        let y = columns_at(tile, term);
        let step = term * params.a_sum_step;
        r0 = add_product(left_scalar(at0 + step), y, r0);
        r1 = add_product(left_scalar(at1 + step), y, r1);
        r2 = add_product(left_scalar(at2 + step), y, r2);
        r3 = add_product(left_scalar(at3 + step), y, r3);
        r4 = add_product(left_scalar(at4 + step), y, r4);
        r5 = add_product(left_scalar(at5 + step), y, r5);
        r6 = add_product(left_scalar(at6 + step), y, r6);
        r7 = add_product(left_scalar(at7 + step), y, r7);
        r8 = add_product(left_scalar(at8 + step), y, r8);
        r9 = add_product(left_scalar(at9 + step), y, r9);
        r10 = add_product(left_scalar(at10 + step), y, r10);
        r11 = add_product(left_scalar(at11 + step), y, r11);
        r12 = add_product(left_scalar(at12 + step), y, r12);
        r13 = add_product(left_scalar(at13 + step), y, r13);
        r14 = add_product(left_scalar(at14 + step), y, r14);
        r15 = add_product(left_scalar(at15 + step), y, r15);
    }
    store_row(tile, 0u, r0);
    store_row(tile, 1u, r1);
    store_row(tile, 2u, r2);
    store_row(tile, 3u, r3);
    store_row(tile, 4u, r4);
    store_row(tile, 5u, r5);
    store_row(tile, 6u, r6);
    store_row(tile, 7u, r7);
    store_row(tile, 8u, r8);
    store_row(tile, 9u, r9);
    store_row(tile, 10u, r10);
    store_row(tile, 11u, r11);
    store_row(tile, 12u, r12);
    store_row(tile, 13u, r13);
    store_row(tile, 14u, r14);
    store_row(tile, 15u, r15);
}

@compute @workgroup_size(64)
fn rows8(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let group = workgroup_index(workgroup);
    let tile = make_tile(group, local, 8u, params.n / 4u, 4u);
    if (is_outside(tile)) { return; }
    let at0 = start_of_row(tile.row + 0u);
    let at1 = start_of_row(tile.row + 1u);
    let at2 = start_of_row(tile.row + 2u);
    let at3 = start_of_row(tile.row + 3u);
    let at4 = start_of_row(tile.row + 4u);
    let at5 = start_of_row(tile.row + 5u);
    let at6 = start_of_row(tile.row + 6u);
    let at7 = start_of_row(tile.row + 7u);
    var r0 = Columns();
    var r1 = Columns();
    var r2 = Columns();
    var r3 = Columns();
    var r4 = Columns();
    var r5 = Columns();
    var r6 = Columns();
    var r7 = Columns();
    for (var term = tile.first; term < tile.end; term++) {
        let y = columns_at(tile, term);
        let step = term * params.a_sum_step;
        r0 = add_product(left_scalar(at0 + step), y, r0);
        r1 = add_product(left_scalar(at1 + step), y, r1);
        r2 = add_product(left_scalar(at2 + step), y, r2);
        r3 = add_product(left_scalar(at3 + step), y, r3);
        r4 = add_product(left_scalar(at4 + step), y, r4);
        r5 = add_product(left_scalar(at5 + step), y, r5);
        r6 = add_product(left_scalar(at6 + step), y, r6);
        r7 = add_product(left_scalar(at7 + step), y, r7);
    }
    store_row(tile, 0u, r0);
    store_row(tile, 1u, r1);
    store_row(tile, 2u, r2);
    store_row(tile, 3u, r3);
    store_row(tile, 4u, r4);
    store_row(tile, 5u, r5);
    store_row(tile, 6u, r6);
    store_row(tile, 7u, r7);
}

@compute @workgroup_size(64)
fn rows4(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let group = workgroup_index(workgroup);
    let tile = make_tile(group, local, 4u, params.n / 4u, 4u);
    if (is_outside(tile)) { return; }
    let at0 = start_of_row(tile.row + 0u);
    let at1 = start_of_row(tile.row + 1u);
    let at2 = start_of_row(tile.row + 2u);
    let at3 = start_of_row(tile.row + 3u);
    var r0 = Columns();
    var r1 = Columns();
    var r2 = Columns();
    var r3 = Columns();
    for (var term = tile.first; term < tile.end; term++) {
        let y = columns_at(tile, term);
        let step = term * params.a_sum_step;
        r0 = add_product(left_scalar(at0 + step), y, r0);
        r1 = add_product(left_scalar(at1 + step), y, r1);
        r2 = add_product(left_scalar(at2 + step), y, r2);
        r3 = add_product(left_scalar(at3 + step), y, r3);
    }
    store_row(tile, 0u, r0);
    store_row(tile, 1u, r1);
    store_row(tile, 2u, r2);
    store_row(tile, 3u, r3);
}

@compute @workgroup_size(64)
fn rows2(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let group = workgroup_index(workgroup);
    let tile = make_tile(group, local, 2u, params.n / 4u, 4u);
    if (is_outside(tile)) { return; }
    let at0 = start_of_row(tile.row + 0u);
    let at1 = start_of_row(tile.row + 1u);
    var r0 = Columns();
    var r1 = Columns();
    for (var term = tile.first; term < tile.end; term++) {
        let y = columns_at(tile, term);
        let step = term * params.a_sum_step;
        r0 = add_product(left_scalar(at0 + step), y, r0);
        r1 = add_product(left_scalar(at1 + step), y, r1);
    }
    store_row(tile, 0u, r0);
    store_row(tile, 1u, r1);
}

// ---- the same where k is a multiple of 4: a four terms at a time --------------------------------

fn add_quad(x: vec4f, y0: Columns, y1: Columns, y2: Columns, y3: Columns, sum: Columns) -> Columns {
    return add_product(x.w, y3, add_product(x.z, y2, add_product(x.y, y1, add_product(x.x, y0, sum))));
}

@compute @workgroup_size(64)
fn quads16(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let group = workgroup_index(workgroup);
    let tile = make_tile(group, local, 16u, params.n / 4u, 4u);
    if (is_outside(tile)) { return; }
    let at0 = start_of_row(tile.row + 0u) / 4u;
    let at1 = start_of_row(tile.row + 1u) / 4u;
    let at2 = start_of_row(tile.row + 2u) / 4u;
    let at3 = start_of_row(tile.row + 3u) / 4u;
    let at4 = start_of_row(tile.row + 4u) / 4u;
    let at5 = start_of_row(tile.row + 5u) / 4u;
    let at6 = start_of_row(tile.row + 6u) / 4u;
    let at7 = start_of_row(tile.row + 7u) / 4u;
    let at8 = start_of_row(tile.row + 8u) / 4u;
    let at9 = start_of_row(tile.row + 9u) / 4u;
    let at10 = start_of_row(tile.row + 10u) / 4u;
    let at11 = start_of_row(tile.row + 11u) / 4u;
    let at12 = start_of_row(tile.row + 12u) / 4u;
    let at13 = start_of_row(tile.row + 13u) / 4u;
    let at14 = start_of_row(tile.row + 14u) / 4u;
    let at15 = start_of_row(tile.row + 15u) / 4u;
    var r0 = Columns();
    var r1 = Columns();
    var r2 = Columns();
    var r3 = Columns();
    var r4 = Columns();
    var r5 = Columns();
    var r6 = Columns();
    var r7 = Columns();
    var r8 = Columns();
    var r9 = Columns();
    var r10 = Columns();
    var r11 = Columns();
    var r12 = Columns();
    var r13 = Columns();
    var r14 = Columns();
    var r15 = Columns();
    for (var term = tile.first; term < tile.end; term += 4u) {
        let y0 = columns_at(tile, term);
        let y1 = columns_at(tile, term + 1u);
        let y2 = columns_at(tile, term + 2u);
        let y3 = columns_at(tile, term + 3u);
        let quad = term / 4u;
        r0 = add_quad(left_vec4(at0 + quad), y0, y1, y2, y3, r0);
        r1 = add_quad(left_vec4(at1 + quad), y0, y1, y2, y3, r1);
        r2 = add_quad(left_vec4(at2 + quad), y0, y1, y2, y3, r2);
        r3 = add_quad(left_vec4(at3 + quad), y0, y1, y2, y3, r3);
        r4 = add_quad(left_vec4(at4 + quad), y0, y1, y2, y3, r4);
        r5 = add_quad(left_vec4(at5 + quad), y0, y1, y2, y3, r5);
        r6 = add_quad(left_vec4(at6 + quad), y0, y1, y2, y3, r6);
        r7 = add_quad(left_vec4(at7 + quad), y0, y1, y2, y3, r7);
        r8 = add_quad(left_vec4(at8 + quad), y0, y1, y2, y3, r8);
        r9 = add_quad(left_vec4(at9 + quad), y0, y1, y2, y3, r9);
        r10 = add_quad(left_vec4(at10 + quad), y0, y1, y2, y3, r10);
        r11 = add_quad(left_vec4(at11 + quad), y0, y1, y2, y3, r11);
        r12 = add_quad(left_vec4(at12 + quad), y0, y1, y2, y3, r12);
        r13 = add_quad(left_vec4(at13 + quad), y0, y1, y2, y3, r13);
        r14 = add_quad(left_vec4(at14 + quad), y0, y1, y2, y3, r14);
        r15 = add_quad(left_vec4(at15 + quad), y0, y1, y2, y3, r15);
    }
    store_row(tile, 0u, r0);
    store_row(tile, 1u, r1);
    store_row(tile, 2u, r2);
    store_row(tile, 3u, r3);
    store_row(tile, 4u, r4);
    store_row(tile, 5u, r5);
    store_row(tile, 6u, r6);
    store_row(tile, 7u, r7);
    store_row(tile, 8u, r8);
    store_row(tile, 9u, r9);
    store_row(tile, 10u, r10);
    store_row(tile, 11u, r11);
    store_row(tile, 12u, r12);
    store_row(tile, 13u, r13);
    store_row(tile, 14u, r14);
    store_row(tile, 15u, r15);
}

@compute @workgroup_size(64)
fn quads8(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let group = workgroup_index(workgroup);
    let tile = make_tile(group, local, 8u, params.n / 4u, 4u);
    if (is_outside(tile)) { return; }
    let at0 = start_of_row(tile.row + 0u) / 4u;
    let at1 = start_of_row(tile.row + 1u) / 4u;
    let at2 = start_of_row(tile.row + 2u) / 4u;
    let at3 = start_of_row(tile.row + 3u) / 4u;
    let at4 = start_of_row(tile.row + 4u) / 4u;
    let at5 = start_of_row(tile.row + 5u) / 4u;
    let at6 = start_of_row(tile.row + 6u) / 4u;
    let at7 = start_of_row(tile.row + 7u) / 4u;
    var r0 = Columns();
    var r1 = Columns();
    var r2 = Columns();
    var r3 = Columns();
    var r4 = Columns();
    var r5 = Columns();
    var r6 = Columns();
    var r7 = Columns();
    for (var term = tile.first; term < tile.end; term += 4u) {
        let y0 = columns_at(tile, term);
        let y1 = columns_at(tile, term + 1u);
        let y2 = columns_at(tile, term + 2u);
        let y3 = columns_at(tile, term + 3u);
        let quad = term / 4u;
        r0 = add_quad(left_vec4(at0 + quad), y0, y1, y2, y3, r0);
        r1 = add_quad(left_vec4(at1 + quad), y0, y1, y2, y3, r1);
        r2 = add_quad(left_vec4(at2 + quad), y0, y1, y2, y3, r2);
        r3 = add_quad(left_vec4(at3 + quad), y0, y1, y2, y3, r3);
        r4 = add_quad(left_vec4(at4 + quad), y0, y1, y2, y3, r4);
        r5 = add_quad(left_vec4(at5 + quad), y0, y1, y2, y3, r5);
        r6 = add_quad(left_vec4(at6 + quad), y0, y1, y2, y3, r6);
        r7 = add_quad(left_vec4(at7 + quad), y0, y1, y2, y3, r7);
    }
    store_row(tile, 0u, r0);
    store_row(tile, 1u, r1);
    store_row(tile, 2u, r2);
    store_row(tile, 3u, r3);
    store_row(tile, 4u, r4);
    store_row(tile, 5u, r5);
    store_row(tile, 6u, r6);
    store_row(tile, 7u, r7);
}

// ---- Few rows against a large b (m up to 4, n a multiple of 4, k of 32) --------------------------
// Here b comes from memory once, and memory is quick only along its rows. So a thread keeps 32 terms
// of a and goes along a stretch of columns; every 32 terms are a part of the sum.

const STRETCH = 64u; // vec4 of columns

// Four rows of b, one vec4 of each.
fn four_rows(start: u32, width: u32) -> Columns {
    return Columns(
        right_vec4(start),
        right_vec4(start + width),
        right_vec4(start + 2u * width),
        right_vec4(start + 3u * width),
    );
}

fn add_terms(x: vec4f, y: Columns, sum: vec4f) -> vec4f {
    let two = fma(vec4f(x.y), y.c1, fma(vec4f(x.x), y.c0, sum));
    return fma(vec4f(x.w), y.c3, fma(vec4f(x.z), y.c2, two));
}

@compute @workgroup_size(64)
fn stream4(invocation: Invocation) {
    let i = thread_index(invocation);
    let part = i % params.parts;
    let width = params.n / 4u;
    let first = (i / params.parts) * STRETCH;
    let tile = Tile(0u, first, 32u * part, 32u * part + 32u, part);
    let at0 = start_of_row(0u) / 4u + 8u * part;
    let x0_0 = left_vec4(at0);
    let x0_1 = left_vec4(at0 + 1u);
    let x0_2 = left_vec4(at0 + 2u);
    let x0_3 = left_vec4(at0 + 3u);
    let x0_4 = left_vec4(at0 + 4u);
    let x0_5 = left_vec4(at0 + 5u);
    let x0_6 = left_vec4(at0 + 6u);
    let x0_7 = left_vec4(at0 + 7u);
    let at1 = start_of_row(1u) / 4u + 8u * part;
    let x1_0 = left_vec4(at1);
    let x1_1 = left_vec4(at1 + 1u);
    let x1_2 = left_vec4(at1 + 2u);
    let x1_3 = left_vec4(at1 + 3u);
    let x1_4 = left_vec4(at1 + 4u);
    let x1_5 = left_vec4(at1 + 5u);
    let x1_6 = left_vec4(at1 + 6u);
    let x1_7 = left_vec4(at1 + 7u);
    let at2 = start_of_row(2u) / 4u + 8u * part;
    let x2_0 = left_vec4(at2);
    let x2_1 = left_vec4(at2 + 1u);
    let x2_2 = left_vec4(at2 + 2u);
    let x2_3 = left_vec4(at2 + 3u);
    let x2_4 = left_vec4(at2 + 4u);
    let x2_5 = left_vec4(at2 + 5u);
    let x2_6 = left_vec4(at2 + 6u);
    let x2_7 = left_vec4(at2 + 7u);
    let at3 = start_of_row(3u) / 4u + 8u * part;
    let x3_0 = left_vec4(at3);
    let x3_1 = left_vec4(at3 + 1u);
    let x3_2 = left_vec4(at3 + 2u);
    let x3_3 = left_vec4(at3 + 3u);
    let x3_4 = left_vec4(at3 + 4u);
    let x3_5 = left_vec4(at3 + 5u);
    let x3_6 = left_vec4(at3 + 6u);
    let x3_7 = left_vec4(at3 + 7u);
    for (var column = first; column < min(first + STRETCH, width); column++) {
        let start = tile.first * width + column;
        let y0 = four_rows(start, width);
        var r0 = add_terms(x0_0, y0, vec4f());
        var r1 = add_terms(x1_0, y0, vec4f());
        var r2 = add_terms(x2_0, y0, vec4f());
        var r3 = add_terms(x3_0, y0, vec4f());
        let y1 = four_rows(start + 4u * width, width);
        r0 = add_terms(x0_1, y1, r0);
        r1 = add_terms(x1_1, y1, r1);
        r2 = add_terms(x2_1, y1, r2);
        r3 = add_terms(x3_1, y1, r3);
        let y2 = four_rows(start + 8u * width, width);
        r0 = add_terms(x0_2, y2, r0);
        r1 = add_terms(x1_2, y2, r1);
        r2 = add_terms(x2_2, y2, r2);
        r3 = add_terms(x3_2, y2, r3);
        let y3 = four_rows(start + 12u * width, width);
        r0 = add_terms(x0_3, y3, r0);
        r1 = add_terms(x1_3, y3, r1);
        r2 = add_terms(x2_3, y3, r2);
        r3 = add_terms(x3_3, y3, r3);
        let y4 = four_rows(start + 16u * width, width);
        r0 = add_terms(x0_4, y4, r0);
        r1 = add_terms(x1_4, y4, r1);
        r2 = add_terms(x2_4, y4, r2);
        r3 = add_terms(x3_4, y4, r3);
        let y5 = four_rows(start + 20u * width, width);
        r0 = add_terms(x0_5, y5, r0);
        r1 = add_terms(x1_5, y5, r1);
        r2 = add_terms(x2_5, y5, r2);
        r3 = add_terms(x3_5, y5, r3);
        let y6 = four_rows(start + 24u * width, width);
        r0 = add_terms(x0_6, y6, r0);
        r1 = add_terms(x1_6, y6, r1);
        r2 = add_terms(x2_6, y6, r2);
        r3 = add_terms(x3_6, y6, r3);
        let y7 = four_rows(start + 28u * width, width);
        r0 = add_terms(x0_7, y7, r0);
        r1 = add_terms(x1_7, y7, r1);
        r2 = add_terms(x2_7, y7, r2);
        r3 = add_terms(x3_7, y7, r3);
        store_vec4(tile, 0u, column, r0);
        store_vec4(tile, 1u, column, r1);
        store_vec4(tile, 2u, column, r2);
        store_vec4(tile, 3u, column, r3);
    }
}

@compute @workgroup_size(64)
fn stream2(invocation: Invocation) {
    let i = thread_index(invocation);
    let part = i % params.parts;
    let width = params.n / 4u;
    let first = (i / params.parts) * STRETCH;
    let tile = Tile(0u, first, 32u * part, 32u * part + 32u, part);
    let at0 = start_of_row(0u) / 4u + 8u * part;
    let x0_0 = left_vec4(at0);
    let x0_1 = left_vec4(at0 + 1u);
    let x0_2 = left_vec4(at0 + 2u);
    let x0_3 = left_vec4(at0 + 3u);
    let x0_4 = left_vec4(at0 + 4u);
    let x0_5 = left_vec4(at0 + 5u);
    let x0_6 = left_vec4(at0 + 6u);
    let x0_7 = left_vec4(at0 + 7u);
    let at1 = start_of_row(1u) / 4u + 8u * part;
    let x1_0 = left_vec4(at1);
    let x1_1 = left_vec4(at1 + 1u);
    let x1_2 = left_vec4(at1 + 2u);
    let x1_3 = left_vec4(at1 + 3u);
    let x1_4 = left_vec4(at1 + 4u);
    let x1_5 = left_vec4(at1 + 5u);
    let x1_6 = left_vec4(at1 + 6u);
    let x1_7 = left_vec4(at1 + 7u);
    for (var column = first; column < min(first + STRETCH, width); column++) {
        let start = tile.first * width + column;
        let y0 = four_rows(start, width);
        var r0 = add_terms(x0_0, y0, vec4f());
        var r1 = add_terms(x1_0, y0, vec4f());
        let y1 = four_rows(start + 4u * width, width);
        r0 = add_terms(x0_1, y1, r0);
        r1 = add_terms(x1_1, y1, r1);
        let y2 = four_rows(start + 8u * width, width);
        r0 = add_terms(x0_2, y2, r0);
        r1 = add_terms(x1_2, y2, r1);
        let y3 = four_rows(start + 12u * width, width);
        r0 = add_terms(x0_3, y3, r0);
        r1 = add_terms(x1_3, y3, r1);
        let y4 = four_rows(start + 16u * width, width);
        r0 = add_terms(x0_4, y4, r0);
        r1 = add_terms(x1_4, y4, r1);
        let y5 = four_rows(start + 20u * width, width);
        r0 = add_terms(x0_5, y5, r0);
        r1 = add_terms(x1_5, y5, r1);
        let y6 = four_rows(start + 24u * width, width);
        r0 = add_terms(x0_6, y6, r0);
        r1 = add_terms(x1_6, y6, r1);
        let y7 = four_rows(start + 28u * width, width);
        r0 = add_terms(x0_7, y7, r0);
        r1 = add_terms(x1_7, y7, r1);
        store_vec4(tile, 0u, column, r0);
        store_vec4(tile, 1u, column, r1);
    }
}

// ---- a by columns too: vec4 along the rows of the result (m and n multiples of 4) --------------

fn rows_at(row: u32, term: u32) -> vec4f {
    let height = params.m / 4u;
    return left_vec4(term * height + min(row / 4u, height - 1u));
}

@compute @workgroup_size(64)
fn outer16(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let group = workgroup_index(workgroup);
    let tile = make_tile(group, local, 16u, params.n / 4u, 4u);
    if (is_outside(tile)) { return; }
    var r0 = Columns();
    var r1 = Columns();
    var r2 = Columns();
    var r3 = Columns();
    var r4 = Columns();
    var r5 = Columns();
    var r6 = Columns();
    var r7 = Columns();
    var r8 = Columns();
    var r9 = Columns();
    var r10 = Columns();
    var r11 = Columns();
    var r12 = Columns();
    var r13 = Columns();
    var r14 = Columns();
    var r15 = Columns();
    for (var term = tile.first; term < tile.end; term++) {
        let y = columns_at(tile, term);
        let x0 = rows_at(tile.row + 0u, term);
        let x1 = rows_at(tile.row + 4u, term);
        let x2 = rows_at(tile.row + 8u, term);
        let x3 = rows_at(tile.row + 12u, term);
        r0 = add_product(x0.x, y, r0);
        r1 = add_product(x0.y, y, r1);
        r2 = add_product(x0.z, y, r2);
        r3 = add_product(x0.w, y, r3);
        r4 = add_product(x1.x, y, r4);
        r5 = add_product(x1.y, y, r5);
        r6 = add_product(x1.z, y, r6);
        r7 = add_product(x1.w, y, r7);
        r8 = add_product(x2.x, y, r8);
        r9 = add_product(x2.y, y, r9);
        r10 = add_product(x2.z, y, r10);
        r11 = add_product(x2.w, y, r11);
        r12 = add_product(x3.x, y, r12);
        r13 = add_product(x3.y, y, r13);
        r14 = add_product(x3.z, y, r14);
        r15 = add_product(x3.w, y, r15);
    }
    store_row(tile, 0u, r0);
    store_row(tile, 1u, r1);
    store_row(tile, 2u, r2);
    store_row(tile, 3u, r3);
    store_row(tile, 4u, r4);
    store_row(tile, 5u, r5);
    store_row(tile, 6u, r6);
    store_row(tile, 7u, r7);
    store_row(tile, 8u, r8);
    store_row(tile, 9u, r9);
    store_row(tile, 10u, r10);
    store_row(tile, 11u, r11);
    store_row(tile, 12u, r12);
    store_row(tile, 13u, r13);
    store_row(tile, 14u, r14);
    store_row(tile, 15u, r15);
}

@compute @workgroup_size(64)
fn outer8(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let group = workgroup_index(workgroup);
    let tile = make_tile(group, local, 8u, params.n / 4u, 4u);
    if (is_outside(tile)) { return; }
    var r0 = Columns();
    var r1 = Columns();
    var r2 = Columns();
    var r3 = Columns();
    var r4 = Columns();
    var r5 = Columns();
    var r6 = Columns();
    var r7 = Columns();
    for (var term = tile.first; term < tile.end; term++) {
        let y = columns_at(tile, term);
        let x0 = rows_at(tile.row + 0u, term);
        let x1 = rows_at(tile.row + 4u, term);
        r0 = add_product(x0.x, y, r0);
        r1 = add_product(x0.y, y, r1);
        r2 = add_product(x0.z, y, r2);
        r3 = add_product(x0.w, y, r3);
        r4 = add_product(x1.x, y, r4);
        r5 = add_product(x1.y, y, r5);
        r6 = add_product(x1.z, y, r6);
        r7 = add_product(x1.w, y, r7);
    }
    store_row(tile, 0u, r0);
    store_row(tile, 1u, r1);
    store_row(tile, 2u, r2);
    store_row(tile, 3u, r3);
    store_row(tile, 4u, r4);
    store_row(tile, 5u, r5);
    store_row(tile, 6u, r6);
    store_row(tile, 7u, r7);
}

// ---- rows of a against rows of b: vec4 along the sum (k a multiple of 4) -------------------------

// Four terms of sixteen columns, term by term.
struct Terms { t0: Columns, t1: Columns, t2: Columns, t3: Columns }

fn four_columns(starts: vec4u, quad: u32) -> mat4x4f {
    return transpose(mat4x4f(
        right_vec4(starts.x / 4u + quad),
        right_vec4(starts.y / 4u + quad),
        right_vec4(starts.z / 4u + quad),
        right_vec4(starts.w / 4u + quad),
    ));
}

fn four_terms(starts: Starts, quad: u32) -> Terms {
    let p = four_columns(starts.s0, quad);
    let q = four_columns(starts.s1, quad);
    let r = four_columns(starts.s2, quad);
    let s = four_columns(starts.s3, quad);
    return Terms(
        Columns(p[0], q[0], r[0], s[0]),
        Columns(p[1], q[1], r[1], s[1]),
        Columns(p[2], q[2], r[2], s[2]),
        Columns(p[3], q[3], r[3], s[3]),
    );
}

fn add_four(x: vec4f, y: Terms, sum: Columns) -> Columns {
    let two = add_product(x.y, y.t1, add_product(x.x, y.t0, sum));
    return add_product(x.w, y.t3, add_product(x.z, y.t2, two));
}

@compute @workgroup_size(64)
fn dots16(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let group = workgroup_index(workgroup);
    let tile = make_tile(group, local, 16u, params.n, 16u);
    if (is_outside(tile)) { return; }
    let starts = column_starts(tile);
    let at0 = start_of_row(tile.row + 0u) / 4u;
    let at1 = start_of_row(tile.row + 1u) / 4u;
    let at2 = start_of_row(tile.row + 2u) / 4u;
    let at3 = start_of_row(tile.row + 3u) / 4u;
    let at4 = start_of_row(tile.row + 4u) / 4u;
    let at5 = start_of_row(tile.row + 5u) / 4u;
    let at6 = start_of_row(tile.row + 6u) / 4u;
    let at7 = start_of_row(tile.row + 7u) / 4u;
    let at8 = start_of_row(tile.row + 8u) / 4u;
    let at9 = start_of_row(tile.row + 9u) / 4u;
    let at10 = start_of_row(tile.row + 10u) / 4u;
    let at11 = start_of_row(tile.row + 11u) / 4u;
    let at12 = start_of_row(tile.row + 12u) / 4u;
    let at13 = start_of_row(tile.row + 13u) / 4u;
    let at14 = start_of_row(tile.row + 14u) / 4u;
    let at15 = start_of_row(tile.row + 15u) / 4u;
    var r0 = Columns();
    var r1 = Columns();
    var r2 = Columns();
    var r3 = Columns();
    var r4 = Columns();
    var r5 = Columns();
    var r6 = Columns();
    var r7 = Columns();
    var r8 = Columns();
    var r9 = Columns();
    var r10 = Columns();
    var r11 = Columns();
    var r12 = Columns();
    var r13 = Columns();
    var r14 = Columns();
    var r15 = Columns();
    for (var quad = tile.first / 4u; quad < tile.end / 4u; quad++) {
        let y = four_terms(starts, quad);
        r0 = add_four(left_vec4(at0 + quad), y, r0);
        r1 = add_four(left_vec4(at1 + quad), y, r1);
        r2 = add_four(left_vec4(at2 + quad), y, r2);
        r3 = add_four(left_vec4(at3 + quad), y, r3);
        r4 = add_four(left_vec4(at4 + quad), y, r4);
        r5 = add_four(left_vec4(at5 + quad), y, r5);
        r6 = add_four(left_vec4(at6 + quad), y, r6);
        r7 = add_four(left_vec4(at7 + quad), y, r7);
        r8 = add_four(left_vec4(at8 + quad), y, r8);
        r9 = add_four(left_vec4(at9 + quad), y, r9);
        r10 = add_four(left_vec4(at10 + quad), y, r10);
        r11 = add_four(left_vec4(at11 + quad), y, r11);
        r12 = add_four(left_vec4(at12 + quad), y, r12);
        r13 = add_four(left_vec4(at13 + quad), y, r13);
        r14 = add_four(left_vec4(at14 + quad), y, r14);
        r15 = add_four(left_vec4(at15 + quad), y, r15);
    }
    store_scalar_row(tile, 0u, r0);
    store_scalar_row(tile, 1u, r1);
    store_scalar_row(tile, 2u, r2);
    store_scalar_row(tile, 3u, r3);
    store_scalar_row(tile, 4u, r4);
    store_scalar_row(tile, 5u, r5);
    store_scalar_row(tile, 6u, r6);
    store_scalar_row(tile, 7u, r7);
    store_scalar_row(tile, 8u, r8);
    store_scalar_row(tile, 9u, r9);
    store_scalar_row(tile, 10u, r10);
    store_scalar_row(tile, 11u, r11);
    store_scalar_row(tile, 12u, r12);
    store_scalar_row(tile, 13u, r13);
    store_scalar_row(tile, 14u, r14);
    store_scalar_row(tile, 15u, r15);
}

@compute @workgroup_size(64)
fn dots8(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let group = workgroup_index(workgroup);
    let tile = make_tile(group, local, 8u, params.n, 16u);
    if (is_outside(tile)) { return; }
    let starts = column_starts(tile);
    let at0 = start_of_row(tile.row + 0u) / 4u;
    let at1 = start_of_row(tile.row + 1u) / 4u;
    let at2 = start_of_row(tile.row + 2u) / 4u;
    let at3 = start_of_row(tile.row + 3u) / 4u;
    let at4 = start_of_row(tile.row + 4u) / 4u;
    let at5 = start_of_row(tile.row + 5u) / 4u;
    let at6 = start_of_row(tile.row + 6u) / 4u;
    let at7 = start_of_row(tile.row + 7u) / 4u;
    var r0 = Columns();
    var r1 = Columns();
    var r2 = Columns();
    var r3 = Columns();
    var r4 = Columns();
    var r5 = Columns();
    var r6 = Columns();
    var r7 = Columns();
    for (var quad = tile.first / 4u; quad < tile.end / 4u; quad++) {
        let y = four_terms(starts, quad);
        r0 = add_four(left_vec4(at0 + quad), y, r0);
        r1 = add_four(left_vec4(at1 + quad), y, r1);
        r2 = add_four(left_vec4(at2 + quad), y, r2);
        r3 = add_four(left_vec4(at3 + quad), y, r3);
        r4 = add_four(left_vec4(at4 + quad), y, r4);
        r5 = add_four(left_vec4(at5 + quad), y, r5);
        r6 = add_four(left_vec4(at6 + quad), y, r6);
        r7 = add_four(left_vec4(at7 + quad), y, r7);
    }
    store_scalar_row(tile, 0u, r0);
    store_scalar_row(tile, 1u, r1);
    store_scalar_row(tile, 2u, r2);
    store_scalar_row(tile, 3u, r3);
    store_scalar_row(tile, 4u, r4);
    store_scalar_row(tile, 5u, r5);
    store_scalar_row(tile, 6u, r6);
    store_scalar_row(tile, 7u, r7);
}

@compute @workgroup_size(64)
fn dots2(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let group = workgroup_index(workgroup);
    let tile = make_tile(group, local, 2u, params.n, 16u);
    if (is_outside(tile)) { return; }
    let starts = column_starts(tile);
    let at0 = start_of_row(tile.row + 0u) / 4u;
    let at1 = start_of_row(tile.row + 1u) / 4u;
    var r0 = Columns();
    var r1 = Columns();
    for (var quad = tile.first / 4u; quad < tile.end / 4u; quad++) {
        let y = four_terms(starts, quad);
        r0 = add_four(left_vec4(at0 + quad), y, r0);
        r1 = add_four(left_vec4(at1 + quad), y, r1);
    }
    store_scalar_row(tile, 0u, r0);
    store_scalar_row(tile, 1u, r1);
}

// ---- any extents, any orientation: scalars -------------------------------------------------------

fn four_scalars(starts: vec4u, step: u32) -> vec4f {
    return vec4f(right_scalar(starts.x + step), right_scalar(starts.y + step), right_scalar(starts.z + step), right_scalar(starts.w + step));
}

fn scalars_at(starts: Starts, term: u32) -> Columns {
    let step = term * params.b_sum_step;
    return Columns(
        four_scalars(starts.s0, step),
        four_scalars(starts.s1, step),
        four_scalars(starts.s2, step),
        four_scalars(starts.s3, step),
    );
}

@compute @workgroup_size(64)
fn scalars8(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let group = workgroup_index(workgroup);
    let tile = make_tile(group, local, 8u, params.n, 16u);
    if (is_outside(tile)) { return; }
    let starts = column_starts(tile);
    let at0 = start_of_row(tile.row + 0u);
    let at1 = start_of_row(tile.row + 1u);
    let at2 = start_of_row(tile.row + 2u);
    let at3 = start_of_row(tile.row + 3u);
    let at4 = start_of_row(tile.row + 4u);
    let at5 = start_of_row(tile.row + 5u);
    let at6 = start_of_row(tile.row + 6u);
    let at7 = start_of_row(tile.row + 7u);
    var r0 = Columns();
    var r1 = Columns();
    var r2 = Columns();
    var r3 = Columns();
    var r4 = Columns();
    var r5 = Columns();
    var r6 = Columns();
    var r7 = Columns();
    for (var term = tile.first; term < tile.end; term++) {
        let y = scalars_at(starts, term);
        let step = term * params.a_sum_step;
        r0 = add_product(left_scalar(at0 + step), y, r0);
        r1 = add_product(left_scalar(at1 + step), y, r1);
        r2 = add_product(left_scalar(at2 + step), y, r2);
        r3 = add_product(left_scalar(at3 + step), y, r3);
        r4 = add_product(left_scalar(at4 + step), y, r4);
        r5 = add_product(left_scalar(at5 + step), y, r5);
        r6 = add_product(left_scalar(at6 + step), y, r6);
        r7 = add_product(left_scalar(at7 + step), y, r7);
    }
    store_scalar_row(tile, 0u, r0);
    store_scalar_row(tile, 1u, r1);
    store_scalar_row(tile, 2u, r2);
    store_scalar_row(tile, 3u, r3);
    store_scalar_row(tile, 4u, r4);
    store_scalar_row(tile, 5u, r5);
    store_scalar_row(tile, 6u, r6);
    store_scalar_row(tile, 7u, r7);
}

@compute @workgroup_size(64)
fn scalars2(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let group = workgroup_index(workgroup);
    let tile = make_tile(group, local, 2u, params.n, 16u);
    if (is_outside(tile)) { return; }
    let starts = column_starts(tile);
    let at0 = start_of_row(tile.row + 0u);
    let at1 = start_of_row(tile.row + 1u);
    var r0 = Columns();
    var r1 = Columns();
    for (var term = tile.first; term < tile.end; term++) {
        let y = scalars_at(starts, term);
        let step = term * params.a_sum_step;
        r0 = add_product(left_scalar(at0 + step), y, r0);
        r1 = add_product(left_scalar(at1 + step), y, r1);
    }
    store_scalar_row(tile, 0u, r0);
    store_scalar_row(tile, 1u, r1);
}

// ---- The parts of a long sum, added in order -----------------------------------------------------

@compute @workgroup_size(64)
fn sum_parts(invocation: Invocation) {
    let i = thread_index(invocation);
    let size = params.m * params.n;
    if (i >= size) { return; }
    var sum = 0.0;
    for (var part = 0u; part < params.parts; part++) { sum += addends[part * size + i]; }
    if (params.has_bias != 0u) { sum += part_bias[i % params.n]; }
    total[i] = finished(vec4f(sum)).x;
}

@compute @workgroup_size(64)
fn sum_parts4(invocation: Invocation) {
    let i = thread_index(invocation);
    let width = params.n / 4u;
    let size = params.m * width;
    if (i >= size) { return; }
    var sum = vec4f();
    for (var part = 0u; part < params.parts; part++) { sum += addends4[part * size + i]; }
    if (params.has_bias != 0u) { sum += part_bias4[i % width]; }
    total4[i] = finished(sum);
}

// ---- Staged in workgroup memory, for cards (m, n and k multiples of 4) ---------------------------
// A workgroup makes 64 x 64 values, 8 x 8 a thread, sixteen terms at a time.

const STAGED_VEC4 = 16u; // vec4 along 64 rows or columns

var<workgroup> a_tile: array<vec4f, 256>; // [term 16][row 64], vec4 along rows
var<workgroup> b_tile: array<vec4f, 256>; // [term 16][column 64], vec4 along columns

// Four vec4 of a or b, one below the other, `stride` vec4 apart; zero outside.
fn block_of_a(line: u32, lines: u32, quad: u32, stride: u32) -> mat4x4f {
    if (line >= lines || quad >= stride) { return mat4x4f(); }
    let at = line * stride + quad;
    return mat4x4f(left_vec4(at), left_vec4(at + stride), left_vec4(at + 2u * stride), left_vec4(at + 3u * stride));
}

fn block_of_b(line: u32, lines: u32, quad: u32, stride: u32) -> mat4x4f {
    if (line >= lines || quad >= stride) { return mat4x4f(); }
    let at = line * stride + quad;
    return mat4x4f(right_vec4(at), right_vec4(at + stride), right_vec4(at + 2u * stride), right_vec4(at + 3u * stride));
}

// Each thread brings one block of four terms by four rows, lanes along what is contiguous.
fn stage_a(row: u32, term: u32, local: u32) {
    if (params.a_sum_step == 1u) {
        let quad = local % 4u;
        let at = local / 4u;
        let block = transpose(
            block_of_a(row + 4u * at, params.m, term / 4u + quad, params.k / 4u),
        );
        keep_a(quad, at, block);
    } else {
        let quad = local / STAGED_VEC4;
        let at = local % STAGED_VEC4;
        keep_a(quad, at, block_of_a(term + 4u * quad, params.k, row / 4u + at, params.m / 4u));
    }
}

fn stage_b(column: u32, term: u32, local: u32) {
    if (params.b_sum_step == 1u) {
        let quad = local % 4u;
        let at = local / 4u;
        let block = transpose(
            block_of_b(column + 4u * at, params.n, term / 4u + quad, params.k / 4u),
        );
        keep_b(quad, at, block);
    } else {
        let quad = local / STAGED_VEC4;
        let at = local % STAGED_VEC4;
        keep_b(quad, at, block_of_b(term + 4u * quad, params.k, column / 4u + at, params.n / 4u));
    }
}

fn keep_a(quad: u32, at: u32, block: mat4x4f) {
    let start = 4u * quad * STAGED_VEC4 + at;
    a_tile[start] = block[0];
    a_tile[start + STAGED_VEC4] = block[1];
    a_tile[start + 2u * STAGED_VEC4] = block[2];
    a_tile[start + 3u * STAGED_VEC4] = block[3];
}

fn keep_b(quad: u32, at: u32, block: mat4x4f) {
    let start = 4u * quad * STAGED_VEC4 + at;
    b_tile[start] = block[0];
    b_tile[start + STAGED_VEC4] = block[1];
    b_tile[start + 2u * STAGED_VEC4] = block[2];
    b_tile[start + 3u * STAGED_VEC4] = block[3];
}

@compute @workgroup_size(64)
fn staged(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let group = workgroup_index(workgroup);
    let column_groups = (params.n + 63u) / 64u;
    let row = (group / column_groups) * 64u;
    let column = (group % column_groups) * 64u;
    let tile_row = local / 8u;
    let tile_column = local % 8u;
    var r0_0 = vec4f();
    var r0_1 = vec4f();
    var r1_0 = vec4f();
    var r1_1 = vec4f();
    var r2_0 = vec4f();
    var r2_1 = vec4f();
    var r3_0 = vec4f();
    var r3_1 = vec4f();
    var r4_0 = vec4f();
    var r4_1 = vec4f();
    var r5_0 = vec4f();
    var r5_1 = vec4f();
    var r6_0 = vec4f();
    var r6_1 = vec4f();
    var r7_0 = vec4f();
    var r7_1 = vec4f();
    for (var term = 0u; term < params.k; term += 16u) {
        stage_a(row, term, local);
        stage_b(column, term, local);
        workgroupBarrier();
        for (var i = 0u; i < 16u; i++) {
            let x0 = a_tile[i * STAGED_VEC4 + 2u * tile_row];
            let x1 = a_tile[i * STAGED_VEC4 + 2u * tile_row + 1u];
            let y0 = b_tile[i * STAGED_VEC4 + tile_column];
            let y1 = b_tile[i * STAGED_VEC4 + tile_column + 8u];
            r0_0 = fma(vec4f(x0.x), y0, r0_0);
            r0_1 = fma(vec4f(x0.x), y1, r0_1);
            r1_0 = fma(vec4f(x0.y), y0, r1_0);
            r1_1 = fma(vec4f(x0.y), y1, r1_1);
            r2_0 = fma(vec4f(x0.z), y0, r2_0);
            r2_1 = fma(vec4f(x0.z), y1, r2_1);
            r3_0 = fma(vec4f(x0.w), y0, r3_0);
            r3_1 = fma(vec4f(x0.w), y1, r3_1);
            r4_0 = fma(vec4f(x1.x), y0, r4_0);
            r4_1 = fma(vec4f(x1.x), y1, r4_1);
            r5_0 = fma(vec4f(x1.y), y0, r5_0);
            r5_1 = fma(vec4f(x1.y), y1, r5_1);
            r6_0 = fma(vec4f(x1.z), y0, r6_0);
            r6_1 = fma(vec4f(x1.z), y1, r6_1);
            r7_0 = fma(vec4f(x1.w), y0, r7_0);
            r7_1 = fma(vec4f(x1.w), y1, r7_1);
        }
        workgroupBarrier();
    }
    let tile = Tile(row + 8u * tile_row, column / 4u + tile_column, 0u, params.k, 0u);
    store_vec4(tile, tile.row + 0u, tile.column, r0_0);
    store_vec4(tile, tile.row + 0u, tile.column + 8u, r0_1);
    store_vec4(tile, tile.row + 1u, tile.column, r1_0);
    store_vec4(tile, tile.row + 1u, tile.column + 8u, r1_1);
    store_vec4(tile, tile.row + 2u, tile.column, r2_0);
    store_vec4(tile, tile.row + 2u, tile.column + 8u, r2_1);
    store_vec4(tile, tile.row + 3u, tile.column, r3_0);
    store_vec4(tile, tile.row + 3u, tile.column + 8u, r3_1);
    store_vec4(tile, tile.row + 4u, tile.column, r4_0);
    store_vec4(tile, tile.row + 4u, tile.column + 8u, r4_1);
    store_vec4(tile, tile.row + 5u, tile.column, r5_0);
    store_vec4(tile, tile.row + 5u, tile.column + 8u, r5_1);
    store_vec4(tile, tile.row + 6u, tile.column, r6_0);
    store_vec4(tile, tile.row + 6u, tile.column + 8u, r6_1);
    store_vec4(tile, tile.row + 7u, tile.column, r7_0);
    store_vec4(tile, tile.row + 7u, tile.column + 8u, r7_1);
}
