// The k best of rows of scores, exactly. Entries are ordered by falling score and then by rising item,
// which no two share, so that the order in which lanes work changes nothing. A workgroup makes a list:
// 1. The entries are dealt into groups, and the k-th best of the groups' best is a floor: as many
//    entries reach it, so that what is below is in no list.
// 2. The entries that reach the floor are few as a rule. They go to a pool, which is sorted: by steps
//    with barriers, or where there are no more than lanes, each counts how many come before it.
// 3. Where they overflow the pool, as equal or ordered scores can, they go there in chunks, and the pool
//    is sorted and cut to k whenever the next chunk might not fit.
struct Params {
    rows: u32,       // queries
    parts: u32,      // lists a query, each of its own items
    k: u32,
    groups: u32,     // 64, 256 or 1024, no less than k
    chunk: u32,      // a multiple of 64, POOL - k at most
    columns: u32,    // scores in a row, a multiple of four
    items: u32,      // columns that are items; the others are padding
    first_item: u32, // item of the first column
    fresh: u32,      // 1 where the lists hold nothing yet
    entries: u32,    // entries to mark
}

const POOL: u32 = 1024u;
const LOWEST: f32 = -0x1.fffffep+127f;

// select_best
@group(0) @binding(0) var<storage, read> scores: array<vec4f>;              // [rows, columns / 4]
@group(0) @binding(1) var<storage, read_write> best_score: array<f32>;      // [rows, parts, k]
@group(0) @binding(2) var<storage, read_write> best_item: array<u32>;       // [rows, parts, k]
// mark_excluded
@group(0) @binding(0) var<storage, read> marks: array<vec2u>;               // [entries] row, column
@group(0) @binding(1) var<storage, read_write> marked: array<f32>;          // [rows, columns]
@group(1) @binding(0) var<uniform> params: Params;

var<workgroup> pool_score: array<f32, POOL>;
var<workgroup> pool_item: array<u32, POOL>;
var<workgroup> appended: atomic<u32>;
var<workgroup> agreed: u32;
var<workgroup> floor_score: f32;

fn before(score: f32, item: u32, other_score: f32, other_item: u32) -> bool {
    return score > other_score || (score == other_score && item < other_item);
}

// ---- What a list is made of: the columns of its part, in quads, and what it holds already -----------

struct Part { list: u32, row: u32, start: u32, end: u32 } // start and end in quads

fn part_of(list: u32) -> Part {
    let quads = params.columns / 4u;
    let span = (quads + params.parts - 1u) / params.parts;
    let start = min((list % params.parts) * span, quads);
    return Part(list, list / params.parts, start, min(start + span, quads));
}

// Padding, and what lies past the end, is no candidate.
fn quad_of(part: Part, quad: u32) -> vec4f {
    if (quad >= part.end) { return vec4f(LOWEST); }
    let inside = vec4u(4u * quad) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.items);
    return select(vec4f(LOWEST), scores[part.row * (params.columns / 4u) + quad], inside);
}

fn held_score(part: Part, place: u32) -> f32 {
    if (params.fresh == 1u || place >= params.k) { return LOWEST; }
    return best_score[part.list * params.k + place];
}

fn held_quad(part: Part, quad: u32) -> vec4f {
    return vec4f(
        held_score(part, 4u * quad),
        held_score(part, 4u * quad + 1u),
        held_score(part, 4u * quad + 2u),
        held_score(part, 4u * quad + 3u),
    );
}

// ---- The pool ---------------------------------------------------------------------------------------

fn append(score: f32, item: u32, least: f32) {
    if (score <= LOWEST || score < least) { return; }
    let at = atomicAdd(&appended, 1u);
    if (at < POOL) {
        pool_score[at] = score;
        pool_item[at] = item;
    }
}

fn append_quad(part: Part, quad: u32, least: f32) {
    let found = quad_of(part, quad);
    if (all(found < vec4f(least))) { return; }
    let item = params.first_item + 4u * quad;
    append(found.x, item, least);
    append(found.y, item + 1u, least);
    append(found.z, item + 2u, least);
    append(found.w, item + 3u, least);
}

fn append_held(part: Part, local: u32, least: f32) {
    if (params.fresh == 1u) { return; }
    for (var place = local; place < params.k; place += 64u) {
        let at = part.list * params.k + place;
        append(best_score[at], best_item[at], least);
    }
}

// Entries appended, the same for all lanes; a barrier.
fn pool_count(local: u32) -> u32 {
    workgroupBarrier();
    if (local == 0u) { agreed = atomicLoad(&appended); }
    return workgroupUniformLoad(&agreed);
}

// Bitonic sort of the entries, filled up to a power of two with what comes last.
fn sort_pool(local: u32, count: u32) {
    var size = 2u;
    while (size < count) { size *= 2u; }
    for (var i = count + local; i < size; i += 64u) {
        pool_score[i] = LOWEST;
        pool_item[i] = 0xffffffffu;
    }
    workgroupBarrier();
    for (var block = 2u; block <= size; block *= 2u) {
        for (var stride = block / 2u; stride > 0u; stride /= 2u) {
            for (var pair = local; pair < size / 2u; pair += 64u) {
                let low = 2u * pair - (pair & (stride - 1u));
                let high = low + stride;
                let low_score = pool_score[low];
                let high_score = pool_score[high];
                let low_item = pool_item[low];
                let high_item = pool_item[high];
                let turned = before(high_score, high_item, low_score, low_item);
                if (turned == ((low & block) == 0u)) {
                    pool_score[low] = high_score;
                    pool_item[low] = high_item;
                    pool_score[high] = low_score;
                    pool_item[high] = low_item;
                }
            }
            workgroupBarrier();
        }
    }
}

// ---- 1. The floor -----------------------------------------------------------------------------------

// How many of the first entries of the pool come before one. Without a barrier: for few entries.
fn place_of(score: f32, item: u32, count: u32) -> u32 {
    var place = 0u;
    for (var i = 0u; i < count; i++) {
        place += select(0u, 1u, before(pool_score[i], pool_item[i], score, item));
    }
    return place;
}

fn store_groups(best: vec4f, first: u32) {
    pool_score[first] = best.x;
    pool_score[first + 1u] = best.y;
    pool_score[first + 2u] = best.z;
    pool_score[first + 3u] = best.w;
}

// Four quads a lane, 1,024 groups; fewer where k asks for fewer.
fn find_floor(part: Part, local: u32) -> f32 {
    var best0 = held_quad(part, local);
    var best1 = held_quad(part, local + 64u);
    var best2 = held_quad(part, local + 128u);
    var best3 = held_quad(part, local + 192u);
    for (var quad = part.start + local; quad < part.end; quad += 256u) {
        best0 = max(best0, quad_of(part, quad));
        best1 = max(best1, quad_of(part, quad + 64u));
        best2 = max(best2, quad_of(part, quad + 128u));
        best3 = max(best3, quad_of(part, quad + 192u));
    }
    let best = max(max(best0, best1), max(best2, best3));
    if (params.groups == 64u) {
        pool_score[local] = max(max(best.x, best.y), max(best.z, best.w));
        pool_item[local] = local;
    } else if (params.groups == 256u) {
        store_groups(best, 4u * local);
    } else {
        store_groups(best0, 4u * local);
        store_groups(best1, 4u * local + 256u);
        store_groups(best2, 4u * local + 512u);
        store_groups(best3, 4u * local + 768u);
    }
    workgroupBarrier();
    if (params.groups == 64u) {
        let mine = pool_score[local];
        if (place_of(mine, local, 64u) == params.k - 1u) { floor_score = mine; }
    } else {
        sort_pool(local, params.groups);
        if (local == 0u) { floor_score = pool_score[params.k - 1u]; }
    }
    return workgroupUniformLoad(&floor_score);
}

// ---- 2. The list ------------------------------------------------------------------------------------

fn write_list(part: Part, local: u32, count: u32) {
    if (count > 64u) { sort_pool(local, count); }
    for (var i = local; i < min(count, max(params.k, 64u)); i += 64u) {
        let score = pool_score[i];
        let item = pool_item[i];
        var place = i;
        if (count <= 64u) { place = place_of(score, item, count); }
        if (place < params.k) {
            best_score[part.list * params.k + place] = score;
            best_item[part.list * params.k + place] = item;
        }
    }
    for (var place = count + local; place < params.k; place += 64u) {
        best_score[part.list * params.k + place] = LOWEST;
        best_item[part.list * params.k + place] = 0u;
    }
}

// ---- 3. Chunks --------------------------------------------------------------------------------------

// Leaves at most POOL entries in the pool, the k best among them, and returns how many. All items of
// earlier tiles come before those of this one, but a chunk's lanes append in any order: what equals the
// k-th best is kept for the next sort.
fn pool_in_chunks(part: Part, local: u32, least: f32) -> u32 {
    if (local == 0u) { atomicStore(&appended, 0u); }
    workgroupBarrier();
    append_held(part, local, least);
    var count = pool_count(local);
    var reached = least;
    let quads = params.chunk / 4u;
    for (var first = part.start; first < part.end; first += quads) {
        if (count > POOL - params.chunk) {
            sort_pool(local, count);
            reached = pool_score[params.k - 1u];
            count = params.k;
            if (local == 0u) { atomicStore(&appended, count); }
            workgroupBarrier();
        }
        for (var quad = first + local; quad < min(first + quads, part.end); quad += 64u) {
            append_quad(part, quad, reached);
        }
        count = pool_count(local);
    }
    return count;
}

// The columns of a row's part, after what earlier tiles left in its list.
@compute @workgroup_size(64)
fn select_best(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let list = workgroup_index(workgroup);
    if (list >= params.rows * params.parts) { return; }
    let part = part_of(list);
    let least = find_floor(part, local);
    append_held(part, local, least);
    for (var quad = part.start + local; quad < part.end; quad += 64u) {
        append_quad(part, quad, least);
    }
    var count = pool_count(local);
    if (count > POOL) { count = pool_in_chunks(part, local, least); }
    storageBarrier(); // the list held so far is read before it is written
    write_list(part, local, count);
}

// Items that a query must not find.
@compute @workgroup_size(64)
fn mark_excluded(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.entries) { return; }
    marked[marks[i].x * params.columns + marks[i].y] = LOWEST;
}
