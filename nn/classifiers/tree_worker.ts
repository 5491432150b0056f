/**
 * The worker side of `TreePool`: sorts features into bins and grows trees.
 *
 * @module
 */
import { serveRequests } from "../../gpu/worker_side.ts";
import { boostTrees } from "./boosting_rounds.ts";
import { ClassificationTreeGrower } from "./classification_tree.ts";
import { binColumns } from "./feature_bins.ts";
import type { TreeReply, TreeRequest } from "./tree_pool.ts";

let grower: ClassificationTreeGrower | undefined;

serveRequests<TreeRequest, TreeReply>((request, progress) => {
  switch (request.kind) {
    case "bins":
      return { bins: binColumns(request.values, request.rows) };
    case "forest":
      grower = new ClassificationTreeGrower(request.data, request.labels, request.options);
      return {};
    case "tree":
      if (grower) return { tree: grower.grow(request.key) };
      throw new Error("Cannot grow a tree: its rows are not there yet");
    case "boosting":
      return { boosted: boostTrees(request.data, request.labels, request.options, progress) };
  }
});
