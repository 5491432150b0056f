// Sums of rows by cluster without atomics. A counting sort puts the places of each cluster side by side,
// in order; then every cluster's list is cut into parts, and the parts are added in order. The order
// of every sum is therefore fixed: same input, same bits. In sum_parts `left` is the rows, [n, width],
// and `right` their similarities, [n].
struct Params {
    n: u32,        // rows
    k: u32,        // clusters
    blocks: u32,   // blocks of 256 rows
    width: u32,    // vec4 of a row
    parts: u32,    // parts of a cluster's list
    weighted: u32, // 1: each row times its similarity
    adds: u32,     // 1: sums and counts go on from what they hold
}

const BLOCK = 256u;

// count
@group(0) @binding(0) var<storage, read> place4: array<vec4u>;        // [n / 4]: cluster of each row
@group(0) @binding(1) var<storage, read_write> counts: array<u32>;    // [blocks, k]
// scan_blocks
@group(0) @binding(0) var<storage, read> block_counts: array<u32>;
@group(0) @binding(1) var<storage, read_write> offsets: array<u32>;   // [blocks, k]: of the blocks before
@group(0) @binding(2) var<storage, read_write> totals: array<u32>;    // [k]
// scan_clusters
@group(0) @binding(0) var<storage, read> sizes: array<u32>;
@group(0) @binding(1) var<storage, read_write> starts: array<u32>;    // [k + 1]
// place_rows
@group(0) @binding(1) var<storage, read> block_offsets: array<u32>;
@group(0) @binding(2) var<storage, read> first_of: array<u32>;
@group(0) @binding(3) var<storage, read_write> order: array<u32>;     // [n]: rows by cluster
// sum_parts
@group(0) @binding(2) var<storage, read> row_order: array<u32>;
@group(0) @binding(3) var<storage, read> list_starts: array<u32>;
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>; // [parts, k, width]
// add_parts
@group(0) @binding(0) var<storage, read> addends: array<vec4f>;
@group(0) @binding(1) var<storage, read> list_bounds: array<u32>;
@group(0) @binding(2) var<storage, read_write> sums: array<vec4f>;    // [k, width]
@group(0) @binding(3) var<storage, read_write> members: array<u32>;   // [k]
@group(1) @binding(0) var<uniform> params: Params;

// Rows of a block that belong to a cluster.
@compute @workgroup_size(64)
fn count(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.blocks * params.k) { return; }
    let first = i / params.k * BLOCK;
    let cluster = i % params.k;
    var sum = vec4u();
    for (var at = first; at < min(first + BLOCK, params.n); at += 4u) {
        // The last four may lie past the end, where the memory is undefined.
        let is_row = vec4u(at) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.n);
        sum += select(vec4u(), vec4u(1u), (place4[at / 4u] == vec4u(cluster)) & is_row);
    }
    counts[i] = sum.x + sum.y + sum.z + sum.w;
}

@compute @workgroup_size(64)
fn scan_blocks(invocation: Invocation) {
    let cluster = thread_index(invocation);
    if (cluster >= params.k) { return; }
    var sum = 0u;
    for (var block = 0u; block < params.blocks; block++) {
        let at = block * params.k + cluster;
        offsets[at] = sum;
        sum += block_counts[at];
    }
    totals[cluster] = sum;
}

@compute @workgroup_size(64)
fn scan_clusters(invocation: Invocation) {
    if (thread_index(invocation) != 0u) { return; }
    var sum = 0u;
    for (var cluster = 0u; cluster < params.k; cluster++) {
        starts[cluster] = sum;
        sum += sizes[cluster];
    }
    starts[params.k] = sum;
}

@compute @workgroup_size(64)
fn place_rows(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.blocks * params.k) { return; }
    let first = i / params.k * BLOCK;
    let cluster = i % params.k;
    var next = first_of[cluster] + block_offsets[i];
    for (var at = first; at < min(first + BLOCK, params.n); at += 4u) {
        let is_row = vec4u(at) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.n);
        let found = (place4[at / 4u] == vec4u(cluster)) & is_row;
        if (found.x) { order[next] = at; next++; }
        if (found.y) { order[next] = at + 1u; next++; }
        if (found.z) { order[next] = at + 2u; next++; }
        if (found.w) { order[next] = at + 3u; next++; }
    }
}

@compute @workgroup_size(64)
fn sum_parts(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.parts * params.k * params.width) { return; }
    let column = i % params.width;
    let cluster = i / params.width % params.k;
    let part = i / params.width / params.k;
    let end = list_starts[cluster + 1u];
    let first = list_starts[cluster];
    let chunk = (end - first + params.parts - 1u) / params.parts;
    var sum = vec4f();
    for (var at = first + part * chunk; at < min(first + (part + 1u) * chunk, end); at++) {
        let row = row_order[at];
        var weight = 1.0;
        if (params.weighted == 1u) { weight = right_scalar(row); }
        sum = fma(vec4f(weight), left_vec4(row * params.width + column), sum);
    }
    partial[i] = sum;
}

@compute @workgroup_size(64)
fn add_parts(invocation: Invocation) {
    let i = thread_index(invocation);
    let size = params.k * params.width;
    if (i >= size) { return; }
    var sum = vec4f();
    for (var part = 0u; part < params.parts; part++) { sum += addends[part * size + i]; }
    if (params.adds == 1u) { sum += sums[i]; }
    sums[i] = sum;
    if (i % params.width != 0u) { return; }
    let cluster = i / params.width;
    var rows = list_bounds[cluster + 1u] - list_bounds[cluster];
    if (params.adds == 1u) { rows += members[cluster]; }
    members[cluster] = rows;
}
