#!/bin/sh
# Slurm's TaskProlog: names the GPUs of a step as Slurm names slices (MIG), where the job has the variable SLICES. There is no such GPU here.
test -z "$SLICES" || echo "export CUDA_VISIBLE_DEVICES=MIG-$SLURMD_NODENAME-a,MIG-$SLURMD_NODENAME-b"
