"""Lessons: exercises that name the usual mistakes, the kit of a class, and what it got right."""

from kpilib.lesson.exercises import Chart, Choice, Frame, Number, Said, asked, slip
from kpilib.lesson.of_row import exercise

__all__ = ["Chart", "Choice", "Frame", "Number", "Said", "asked", "exercise", "slip"]
